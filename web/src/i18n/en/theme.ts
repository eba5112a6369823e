export const theme = {
  label: 'Theme',
  light: 'Light',
  dark: 'Dark',
  auto: 'Like the system',
};
