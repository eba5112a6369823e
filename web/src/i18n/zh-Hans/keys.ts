import type { Catalogue } from '../en';

export const keys: Catalogue['keys'] = {
  title: '键盘快捷键',
  palette: '搜索和命令',
  show: '显示键盘快捷键',
  newChat: '新聊天',
  sidebar: '收起或展开侧边栏',
  undo: '撤消上一步更改',
  theme: '切换浅色和深色',
  groups: {
    page: '本页',
    do: '全局',
    go: '前往',
  },
  single: '单字母快捷键',
  singleHint: '如果影响语音输入，请将其关闭。',
};
