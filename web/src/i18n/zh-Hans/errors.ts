import type { Catalogue } from '../en';

export const errors: Catalogue['errors'] = {
  notFoundTitle: '页面不存在',
  notFoundBody: '地址可能已失效或输入有误。',
  notFoundAt: (address: string) => `${address} 处没有内容`,
  didYouMean: '您要找的是不是：',
  toChat: '前往聊天',
  search: '搜索',
  staleTitle: '网关已更新',
  staleBody: '请重新加载以使用新版页面，草稿会保留。',
  awayTitle: '页面尚未加载',
  awayBody: '网关暂时没有响应，恢复后页面会自动打开。',
  crashTitle: '页面出错了',
  crashBody: '其他部分不受影响。请重试；如果仍然出错，请重新加载。',
  details: '错误详情',
  copyDetails: '复制错误详情',
};
