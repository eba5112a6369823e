import type { Catalogue } from '../en';

export const palette: Catalogue['palette'] = {
  title: '搜索和命令',
  open: '搜索',
  placeholder: '搜索页面、会话和操作',
  pages: '页面',
  actions: '操作',
  settings: '设置',
  recent: '最近会话',
  conversations: '会话',
  results: '结果',
  nothing: (typed: string) => `没有名为“${typed}”的内容。`,
  nothingYet: '正在搜索会话…',
  searchFailed: '无法搜索会话，请稍后重试。',
  toMove: '选择',
  toOpen: '打开',
  toClose: '关闭',
  clear: '清空',
  found: (count: string) => `找到 ${count} 项`,
};
