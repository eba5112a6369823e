import type { Catalogue } from '../en';

export const approvals: Catalogue['approvals'] = {
  title: '审批',
  sub: '智能体想做但不能自行决定的事。',
  tabs: '审批类别',
  pending: '待处理',
  history: '历史',
  rules: '规则',
  loadMore: '显示更早的',

  // One request.
  question: '智能体提问',
  command: '命令',
  request: '请求',
  inFolder: (folder) => `位于 ${folder}`,
  changes: (added, removed) => `新增 ${added} 行，删除 ${removed} 行`,
  copyAction: '复制',
  inConversation: (title) => `会话：${title}`,
  untitled: '新会话',
  asked: '提出于',

  // The answers.
  decision: '您的决定',
  always: '始终允许…',
  alwaysMenu: (what) => `始终允许：${what}`,
  forSession: '仅在此会话中',
  forGood: '所有会话，长期有效',
  denyWhy: '拒绝并说明原因…',
  denyWithReason: '拒绝',
  reasonLabel: '为什么拒绝？（可选）',
  reasonHint: '智能体会得知原因，并可换一种方式。',
  back: '返回',
  answers: '可选答案',
  answerLabel: '您的回答',
  answer: '回答',
  otherAnswer: '其他回答…',
  noAnswer: '不回答',

  // What became of it.
  allowedSession: '已在此会话中允许',
  answered: '已回答',
  withdrawn: '已撤回：回答被停止',
  over: '该请求已不再等待，结果见历史。',
  tooLate: '已有人先行处理。',
  theReason: '原因',
  theAnswer: '回答',
  waits: '等待中',

  // Nothing there.
  emptyTitle: '没有待您处理的请求',
  emptyBody: '当智能体要运行命令、修改文件或发送内容时，会在这里和会话中询问，并同时出现在您的所有设备上。',
  toChat: '前往聊天',
  restEmpty: '没有其他待处理的请求。',
  historyEmptyTitle: '尚无任何请求',
  historyEmptyBody: '每个请求都会保留在这里，包括由谁在何时决定。',
  notFound: '该请求已不在这里。',
  failed: '无法读取审批',

  // Rules.
  rulesSub: '您长期允许的事项。其余的都会先询问。',
  rulesEmptyTitle: '没有长期许可',
  rulesEmptyBody: '智能体询问时选择“始终允许…”，已允许的事项就会列在这里。',
  allows: (covers) => `允许：${covers}`,
  everywhere: '所有会话',
  onlyIn: (title) => `仅在“${title}”中`,
  madeBy: (name) => `由 ${name} 允许`,
  revoke: '撤销',
  revokeLabel: (covers) => `撤销：${covers}`,
  revokeTitle: '撤销此许可？',
  revokeBody: (covers) => `此后智能体会再次询问：${covers}。`,
  revoked: '智能体会再次询问此事。',

  // Notices of the browser.
  noticesOn: '此标签页隐藏时通知我',
  noticesOff: '此标签页隐藏时不再通知',
  noticesRefused: '浏览器阻止了来自此处的通知。请在浏览器的网站设置中允许。',
  noticesInsecure: '通知需要 HTTPS，或在运行网关的本机上打开此页面：其他情况下浏览器不允许。',
  noticesUnsupported: '此浏览器不支持网页通知。',
  noticeTool: (tool) => `允许智能体使用 ${tool} 吗？`,
  noticeQuestion: '智能体向您提问',
};
