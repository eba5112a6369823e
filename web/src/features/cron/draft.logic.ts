/** A job as it is written in the form, and what of it goes to the gateway. */
import type { CronCatchUp, CronJob, CronOverlap, JobAction, JobChanges, NewJob, Schedule } from '@/api/types';

export const KINDS = ['agent', 'shell', 'tool', 'webhook'] as const;
export type Kind = (typeof KINDS)[number];

/** Every field as text, so that what is half written is kept as it is. */
export interface Draft {
  name: string;
  when: string;
  tz: string;
  kind: Kind;
  prompt: string;
  session: string;
  model: string;
  tools: string[];
  command: string;
  tool: string;
  args: string;
  url: string;
  body: string;
  timeout: string;
  retries: string;
  jitter: string;
  overlap: CronOverlap;
  catchUp: CronCatchUp;
  deliverTo: string;
  deleteAfterRun: boolean;
}

/** The fields that may be wrong before the gateway is asked. */
export type Faults = Partial<Record<keyof Draft, 'missing' | 'json' | 'number'>>;

export const EMPTY: Draft = {
  name: '',
  when: '',
  tz: '',
  kind: 'agent',
  prompt: '',
  session: '',
  model: '',
  tools: [],
  command: '',
  tool: '',
  args: '{}',
  url: '',
  body: '',
  timeout: '',
  retries: '0',
  jitter: '0',
  overlap: 'skip',
  catchUp: 'last',
  deliverTo: '',
  deleteAfterRun: false,
};

/** A schedule as a text that the gateway understands again. */
export function whenOf(schedule: Schedule): string {
  if (schedule.kind === 'cron') return schedule.expr;
  if (schedule.kind === 'at') return schedule.at;
  const { every_secs: secs } = schedule;
  for (const [size, unit] of [
    [86_400, 'days'],
    [3_600, 'hours'],
    [60, 'minutes'],
  ] as const)
    if (secs % size === 0) return `every ${secs / size} ${unit}`;
  return `every ${secs} seconds`;
}

/** A job in the form; for a copy, without what is its own. */
export function draftOf(job: CronJob): Draft {
  const draft: Draft = {
    ...EMPTY,
    name: job.name,
    when: whenOf(job.schedule),
    tz: job.schedule.kind === 'cron' ? (job.schedule.tz ?? '') : '',
    kind: job.job.kind,
    timeout: job.timeout_secs == null ? '' : String(job.timeout_secs),
    retries: String(job.retries),
    jitter: String(job.jitter_secs),
    overlap: job.overlap,
    catchUp: job.catch_up,
    deliverTo: job.delivery?.session_id ?? '',
    deleteAfterRun: job.delete_after_run,
  };
  const does = job.job;
  switch (does.kind) {
    case 'agent':
      return {
        ...draft,
        prompt: does.prompt,
        session: does.session_id ?? '',
        model: does.model ?? '',
        tools: does.tools ?? [],
      };
    case 'shell':
      return { ...draft, command: does.command };
    case 'tool':
      return { ...draft, tool: does.tool, args: JSON.stringify(does.args ?? {}, null, 2) };
    case 'webhook':
      return {
        ...draft,
        url: does.url,
        body: does.body === undefined ? '' : JSON.stringify(does.body, null, 2),
      };
  }
}

/** Takes a value away; the API's document has no word for it. */
const NOTHING = null as unknown as undefined;

const isJson = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
const isCount = (text: string) => /^\d{1,6}$/.test(text.trim());

/** What is wrong with it at first sight. */
export function faultsOf(draft: Draft): Faults {
  const faults: Faults = {};
  const need = (field: keyof Draft, text: string) => {
    if (!text.trim()) faults[field] = 'missing';
  };
  need('when', draft.when);
  if (draft.kind === 'agent') need('prompt', draft.prompt);
  if (draft.kind === 'shell') need('command', draft.command);
  if (draft.kind === 'tool') {
    need('tool', draft.tool);
    if (draft.args.trim() && !isJson(draft.args)) faults.args = 'json';
  }
  if (draft.kind === 'webhook') {
    need('url', draft.url);
    if (draft.body.trim() && !isJson(draft.body)) faults.body = 'json';
  }
  if (draft.timeout.trim() && !isCount(draft.timeout)) faults.timeout = 'number';
  if (!isCount(draft.retries)) faults.retries = 'number';
  if (!isCount(draft.jitter)) faults.jitter = 'number';
  return faults;
}

export function actionOf(draft: Draft): JobAction {
  switch (draft.kind) {
    case 'agent':
      return {
        kind: 'agent',
        prompt: draft.prompt,
        ...(draft.session && { session_id: draft.session }),
        ...(draft.model.trim() && { model: draft.model.trim() }),
        ...(draft.tools.length > 0 && { tools: draft.tools }),
      };
    case 'shell':
      return { kind: 'shell', command: draft.command };
    case 'tool':
      return { kind: 'tool', tool: draft.tool, args: JSON.parse(draft.args.trim() || '{}') };
    case 'webhook':
      return {
        kind: 'webhook',
        url: draft.url.trim(),
        ...(draft.body.trim() && { body: JSON.parse(draft.body) }),
      };
  }
}

const limitsOf = (draft: Draft) => ({
  retries: Number(draft.retries),
  jitter_secs: Number(draft.jitter),
  overlap: draft.overlap,
  catch_up: draft.catchUp,
  delete_after_run: draft.deleteAfterRun,
});
const deliveryOf = (draft: Draft) =>
  draft.deliverTo ? ({ kind: 'session', session_id: draft.deliverTo } as const) : undefined;

export function newJobOf(draft: Draft, schedule: Schedule): NewJob {
  const delivery = deliveryOf(draft);
  return {
    ...limitsOf(draft),
    schedule,
    job: actionOf(draft),
    ...(draft.name.trim() && { name: draft.name.trim() }),
    ...(draft.timeout.trim() && { timeout_secs: Number(draft.timeout) }),
    ...(delivery && { delivery }),
    enabled: true,
  };
}

/** What changed; a schedule that was left as it is does not count anew. */
export function changesOf(draft: Draft, job: CronJob, schedule: Schedule): JobChanges {
  const before = draftOf(job);
  const rescheduled = before.when !== draft.when.trim() || before.tz !== draft.tz.trim();
  return {
    ...limitsOf(draft),
    job: actionOf(draft),
    name: draft.name.trim() || job.name,
    timeout_secs: draft.timeout.trim() ? Number(draft.timeout) : NOTHING,
    delivery: deliveryOf(draft) ?? NOTHING,
    ...(rescheduled && { schedule }),
    version: job.version,
  };
}

/** The field of the form that a field of the gateway's refusal stands for. */
export function fieldOf(name: unknown): keyof Draft | undefined {
  if (typeof name !== 'string') return undefined;
  const known: Record<string, keyof Draft> = {
    text: 'when',
    schedule: 'when',
    'schedule.expr': 'when',
    'schedule.at': 'when',
    'schedule.every_secs': 'when',
    'schedule.tz': 'tz',
    tz: 'tz',
    name: 'name',
    'job.prompt': 'prompt',
    'job.session_id': 'session',
    'job.model': 'model',
    'job.tools': 'tools',
    'job.command': 'command',
    'job.tool': 'tool',
    'job.args': 'args',
    'job.url': 'url',
    'job.body': 'body',
    timeout_secs: 'timeout',
    retries: 'retries',
    jitter_secs: 'jitter',
  };
  return known[name];
}
