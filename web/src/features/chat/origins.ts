/** The doors that conversations come in by, as pictures. */
import {
  IconApi,
  IconBrandOpenai,
  IconClockPlay,
  IconMessage,
  IconMessages,
  IconTerminal2,
  IconWebhook,
} from '@tabler/icons-react';
import type { Origin } from '@/api/types';

export const ORIGIN_ICON: Record<Origin, typeof IconMessage> = {
  chat: IconMessage,
  webhook: IconWebhook,
  cron: IconClockPlay,
  channel: IconMessages,
  api: IconApi,
  openai: IconBrandOpenai,
  cli: IconTerminal2,
};
