/**
 * Every word of the page, in Chinese with simplified characters. Always called the same: conversation 会话,
 * turn 轮次, approval 审批, memory 记忆, pair 配对, revoke 撤销, provider 服务商, token of a device 令牌,
 * token of a model Token, schedule 定时任务, channel 渠道.
 */
import type { Catalogue } from '../en';
import { access } from './access';
import { account } from './account';
import { appearance } from './appearance';
import { approvals } from './approvals';
import { chat } from './chat';
import { chatList } from './chatList';
import { common } from './common';
import { devices } from './devices';
import { doctor } from './doctor';
import { errors } from './errors';
import { integrations } from './integrations';
import { keys } from './keys';
import { link } from './link';
import { memory } from './memory';
import { nav } from './nav';
import { overview } from './overview';
import { pairing } from './pairing';
import { palette } from './palette';
import { provider } from './provider';
import { theme } from './theme';
import { thread } from './thread';
import { welcome } from './welcome';

const zhHans: Catalogue = {
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
  overview,
  palette,
  provider,
  devices,
  doctor,
  integrations,
  memory,
  chat,
  chatList,
  thread,
  welcome,
};

export default zhHans;
