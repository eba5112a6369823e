/** Colours, shapes and type. Contrast holds WCAG AA in both schemes: the end-to-end tests measure it. */
import { type CSSVariablesResolver, createTheme } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'lagoon',
  primaryShade: { light: 7, dark: 8 },
  colors: {
    dark: [
      '#dfe5e9',
      '#b8c1c8',
      '#949fa7',
      '#6a757d',
      '#3b444b',
      '#2d343a',
      '#22282d',
      '#1b1f23',
      '#14171a',
      '#0f1214',
    ],
    lagoon: [
      '#e5f6f9',
      '#cbe9f0',
      '#9bd5e2',
      '#6bc2d5',
      '#45b1c8',
      '#279fb9',
      '#158299',
      '#0c6d80',
      '#0b6475',
      '#06434f',
    ],
  },
  respectReducedMotion: true,
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: { fontWeight: '650' },
  // By name and not by import: the first load does not carry components that only some pages use.
  components: {
    CloseButton: { defaultProps: { 'aria-label': 'Close' } },
    // Its placeholder for the first focus is no child that a menu may have.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    // A dialog's header is not the page's banner.
    ModalHeader: { defaultProps: { role: 'presentation' } },
    DrawerHeader: { defaultProps: { role: 'presentation' } },
  },
});

// The library's own dimmed, placeholder and error colours miss AA on tinted grounds. The page's own colours, the same for
// what the library does not draw, are in ui/tokens.css.
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-text': '#171d21',
    '--mantine-color-dimmed': '#56616a',
    '--mantine-color-placeholder': '#616c75',
    '--mantine-color-error': '#a61e1e',
  },
  dark: {
    '--mantine-color-error': '#ffb3b3',
    '--mantine-color-body': '#14171a',
    '--mantine-color-dimmed': '#a3adb5',
    '--mantine-color-placeholder': '#8f9aa3',
  },
});
