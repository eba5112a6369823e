import type { Catalogue } from '../../en';

export const welcome: Catalogue['welcome'] = {
  documentTitle: '欢迎',
  title: '由谁来回答？',
  sub: '选择智能体使用哪家的模型。之后可随时更改，也可以再添加。',
  connectTitle: '连接模型',
  finish: '开始聊天',
  demo: '先试用演示',
  demoAbout: '无需模型即可四处看看：回答固定，无需填写任何内容。',
  notAllowedTitle: '尚未连接模型',
  notAllowed: '此设备无权更改设置，请所有者在有权限的设备上连接模型。',
  toChat: '前往聊天',
};
