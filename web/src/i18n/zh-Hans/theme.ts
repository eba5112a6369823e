import type { Catalogue } from '../en';

export const theme: Catalogue['theme'] = {
  label: '主题',
  light: '浅色',
  dark: '深色',
  auto: '跟随系统',
};
