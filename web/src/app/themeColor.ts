/** The colour that a phone gives to its own bars: the page's ground, in whichever theme it is. */
import { useComputedColorScheme } from '@mantine/core';
import { useEffect } from 'react';

/** The same as `--app-bg`, which is not there yet when theme-init.js sets it first. */
const GROUND = { light: '#f6f8f9', dark: '#14171a' };

export function useThemeColor() {
  const scheme = useComputedColorScheme();
  useEffect(() => {
    document.querySelector('meta[name="theme-color"]')?.setAttribute('content', GROUND[scheme]);
  }, [scheme]);
}
