/**
 * Every word of the page, in German, which says „du“. Always called the same:
 * conversation Unterhaltung, turn Vorgang, approval Freigabe, memory Gedächtnis (eine darin: Erinnerung),
 * pair koppeln, revoke Zugriff entziehen, provider Anbieter, schedule Zeitplan, failed fehlgeschlagen.
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

const de: Catalogue = {
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

export default de;
