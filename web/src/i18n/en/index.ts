/** Every word of the page, in English: a file a room. Other languages are typed against this one. */
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

export const en = {
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

/** What a language has to say; the shapes of `en`, with any words. */
export type Catalogue = typeof en;
