import type { Catalogue } from '../en';

export const account: Catalogue['account'] = {
  label: '此浏览器',
  unnamed: '此浏览器',
  open: '无需配对',
  signOut: '退出登录',
  signedOut: '此浏览器已退出登录：访问权限已被撤销或已过期。',
  signOutFailed: '无法退出登录',
  appearance: '外观与语言',
  shortcuts: '键盘快捷键',
};
