/**
 * Every word of the page, in Chinese with simplified characters. Always called the same: conversation 会话,
 * turn 轮次, approval 审批, memory 记忆, pair 配对, revoke 撤销, provider 服务商, token of a device 令牌,
 * token of a model Token, schedule 定时任务, channel 渠道.
 */
import type { Words } from '../en';
import { access } from './access';
import { account } from './account';
import { appearance } from './appearance';
import { approvals } from './approvals';
import { chat } from './chat';
import { chatList } from './chatList';
import { common } from './common';
import { errors } from './errors';
import { keys } from './keys';
import { link } from './link';
import { nav } from './nav';
import { pairing } from './pairing';
import { palette } from './palette';
import { theme } from './theme';
import { thread } from './thread';

const zhHans: Words = {
  product: 'Clawgate',
  common,
  nav,
  theme,
  account,
  appearance,
  approvals,
  access,
  link,
  errors,
  keys,
  pairing,
  palette,
  chat,
  chatList,
  thread,
};

export default zhHans;
