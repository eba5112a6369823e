/**
 * Every word of the page, in German, which says „du“. Always called the same:
 * conversation Unterhaltung, turn Vorgang, approval Freigabe, memory Gedächtnis (eine darin: Erinnerung),
 * pair koppeln, revoke Zugriff entziehen, provider Anbieter, schedule Zeitplan, failed fehlgeschlagen.
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

const de: Words = {
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

export default de;
