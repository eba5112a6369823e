import type { Catalogue } from '../en';

export const link: Catalogue['link'] = {
  label: (state: string) => `连接状态：${state}`,
  idle: '未连接',
  connecting: '正在连接',
  open: '已连接',
  retrying: '正在重新连接',
  retryingIn: (seconds: string) => `${seconds} 秒后重新连接`,
  offline: '离线',
  unauthorized: '已退出登录',
  lost: '与网关的连接已断开。',
  lostOffline: '此设备已离线。',
  lostRestart: '网关正在停止或重启。',
  keepsGoing: '进行中的回答会继续，恢复连接后即可看到。',
  retryNow: '立即重试',
  back: '已重新连接。',
};
