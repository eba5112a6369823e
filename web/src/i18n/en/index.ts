/**
 * Every word of the page, in English: a file a room. Other languages are typed against this one. What is in `pages/`
 * comes with the pages that use it, and is named in `Pages` here.
 */
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
  palette,
  chat,
  chatList,
  thread,
};

/** What a language always has to say; the shapes of `en`, with any words. */
export type Words = typeof en;

/** What it has to say on the pages that bring their words along. */
export interface Pages {
  cost: typeof import('./pages/cost').cost;
  cron: typeof import('./pages/cron').cron;
  devices: typeof import('./pages/devices').devices;
  events: typeof import('./pages/events').events;
  logs: typeof import('./pages/logs').logs;
  doctor: typeof import('./pages/doctor').doctor;
  integrations: typeof import('./pages/integrations').integrations;
  memory: typeof import('./pages/memory').memory;
  overview: typeof import('./pages/overview').overview;
  provider: typeof import('./pages/provider').provider;
  settings: typeof import('./pages/settings').settings;
  tools: typeof import('./pages/tools').tools;
  traces: typeof import('./pages/traces').traces;
  welcome: typeof import('./pages/welcome').welcome;
  workspace: typeof import('./pages/workspace').workspace;
}
export type Room = keyof Pages;

/** All that a language has to say. */
export type Catalogue = Words & Pages;
