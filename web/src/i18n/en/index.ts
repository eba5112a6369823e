/** Every word of the page, in English: a file a room. Other languages are typed against this one. */
import { access } from './access';
import { account } from './account';
import { chat } from './chat';
import { chatList } from './chatList';
import { common } from './common';
import { devices } from './devices';
import { errors } from './errors';
import { link } from './link';
import { memory } from './memory';
import { nav } from './nav';
import { overview } from './overview';
import { pairing } from './pairing';
import { provider } from './provider';
import { theme } from './theme';
import { thread } from './thread';

export const en = {
  product: 'Clawgate',
  common,
  nav,
  theme,
  account,
  access,
  link,
  errors,
  pairing,
  overview,
  provider,
  devices,
  memory,
  chat,
  chatList,
  thread,
};

/** What a language has to say; the shapes of `en`, with any words. */
export type Catalogue = typeof en;
