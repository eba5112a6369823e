/** Names the browser's tab after what is shown. */
import { useEffect } from 'react';
import { setTitle } from './title';

export function useTitle(title: string) {
  useEffect(() => setTitle(title), [title]);
}
