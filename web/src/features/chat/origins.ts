/** The doors that conversations come in by, as pictures. */
import {
  IconBrandOpenai,
  IconClockPlay,
  IconMessage,
  IconMessages,
  IconPlugConnected,
  IconTerminal2,
  IconWebhook,
} from '@tabler/icons-react';
import type { Origin } from '@/api/types';

export const ORIGIN_ICON: Record<Origin, typeof IconMessage> = {
  chat: IconMessage,
  webhook: IconWebhook,
  cron: IconClockPlay,
  channel: IconMessages,
  api: IconPlugConnected,
  openai: IconBrandOpenai,
  cli: IconTerminal2,
};
