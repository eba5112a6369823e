import type { Catalogue } from '../en';

export const theme: Catalogue['theme'] = {
  label: 'Farbschema',
  light: 'Hell',
  dark: 'Dunkel',
  auto: 'Wie das System',
};
