/** What things of the schedule are called and look like. */
import { IconMessageChatbot, IconTerminal2, IconTool, IconWebhook } from '@tabler/icons-react';
import type { CronJob, CronRun, JobAction } from '@/api/types';
import { t } from '@/i18n';
import type { Tone } from '@/ui/StatusDot';
import type { Kind } from './draft.logic';

export const ICONS = {
  agent: IconMessageChatbot,
  shell: IconTerminal2,
  tool: IconTool,
  webhook: IconWebhook,
} satisfies Record<Kind, unknown>;

/** What a job does, in one line. */
export function does(action: JobAction): string {
  switch (action.kind) {
    case 'agent':
      return action.prompt;
    case 'shell':
      return action.command;
    case 'tool':
      return `${action.tool} ${JSON.stringify(action.args ?? {})}`;
    case 'webhook':
      return `POST ${action.url}`;
  }
}

/** A run that has not begun stands in line. */
export const waits = (run: CronRun) => run.status === 'running' && run.started_at == null;

export const runTone = (run: CronRun): Tone =>
  waits(run)
    ? 'off'
    : ({ running: 'busy', ok: 'good', failed: 'bad', skipped: 'off', missed: 'warn' } as const)[run.status];

export const runWords = (run: CronRun): string => (waits(run) ? t.cron.waiting : t.cron.status[run.status]);

export const stateTone = (job: CronJob): Tone =>
  job.state === 'paused'
    ? job.paused_by_failures
      ? 'bad'
      : 'warn'
    : job.state === 'active'
      ? 'good'
      : 'off';
