import type { Catalogue } from '../en';

export const appearance: Catalogue['appearance'] = {
  title: '外观',
  sub: '此页面在当前浏览器中的外观和操作方式。',
  theme: '主题',
  language: '语言',
  languageHint: '日期和数字的格式也会随之改变。',
  system: (name: string) => `跟随系统（${name}）`,
  languageFailed: '无法加载该语言',
  density: '密度',
  densities: { calm: '宽松', compact: '紧凑' },
  densityHint: '紧凑模式可在一屏内显示更多内容。',
  sidebar: '侧边栏',
  keys: '键盘',
  showKeys: '查看全部快捷键',
  example: '示例',
};
