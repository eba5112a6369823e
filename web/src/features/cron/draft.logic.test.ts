import { expect, test } from 'vitest';
import type { CronJob } from '@/api/types';
import { changesOf, draftOf, EMPTY, faultsOf, fieldOf, newJobOf, whenOf } from './draft.logic';
import { isNarrowed, parametersOf, readCronView } from './view.logic';

const job = {
  name: 'Backup',
  schedule: { kind: 'every', every_secs: 5_400 },
  job: { kind: 'tool', tool: 'shell', args: { command: 'ls' } },
  retries: 2,
  jitter_secs: 0,
  overlap: 'queue',
  catch_up: 'all',
  delete_after_run: false,
  delivery: { kind: 'session', session_id: 'ops' },
  timeout_secs: 60,
  version: 7,
} as CronJob;

test('a job that is opened and saved is what it was, and its schedule does not count anew', () => {
  const draft = draftOf(job);
  const changes = changesOf(draft, job, { kind: 'every', every_secs: 1 });
  expect(changes).toEqual({
    name: 'Backup',
    job: job.job,
    retries: 2,
    jitter_secs: 0,
    overlap: 'queue',
    catch_up: 'all',
    delete_after_run: false,
    timeout_secs: 60,
    delivery: { kind: 'session', session_id: 'ops' },
    version: 7,
  });
  const moved = changesOf({ ...draft, when: 'hourly', deliverTo: '', timeout: '' }, job, {
    kind: 'cron',
    expr: '0 * * * *',
  });
  expect(moved).toMatchObject({
    schedule: { kind: 'cron', expr: '0 * * * *' },
    delivery: null,
    timeout_secs: null,
  });
});

test('schedules are written so that they are understood again', () => {
  expect(whenOf({ kind: 'every', every_secs: 90 })).toBe('every 90 seconds');
  expect(whenOf({ kind: 'every', every_secs: 5_400 })).toBe('every 90 minutes');
  expect(whenOf({ kind: 'every', every_secs: 172_800 })).toBe('every 2 days');
  expect(whenOf({ kind: 'cron', expr: '0 9 * * 1-5' })).toBe('0 9 * * 1-5');
});

test('what is missing or makes no sense is named before the gateway is asked', () => {
  expect(faultsOf(EMPTY)).toEqual({ when: 'missing', prompt: 'missing' });
  const tool = { ...EMPTY, when: 'hourly', kind: 'tool', tool: 'time', args: '{', retries: '-1' } as const;
  expect(faultsOf(tool)).toEqual({ args: 'json', retries: 'number' });
  expect(faultsOf({ ...EMPTY, when: 'hourly', prompt: 'hello' })).toEqual({});
  const made = newJobOf({ ...EMPTY, when: 'x', prompt: 'hello' }, { kind: 'every', every_secs: 60 });
  expect(made).toMatchObject({ job: { kind: 'agent', prompt: 'hello' }, enabled: true });
  expect(made).not.toHaveProperty('delivery');
  expect(fieldOf('job.url')).toBe('url');
  expect(fieldOf(undefined)).toBeUndefined();
});

test('an address holds what is looked at, and nothing else', () => {
  const view = readCronView({ q: ' tea ', state: 'asleep', failing: 'true', job: 'x', more: 1 });
  expect(view).toEqual({ q: 'tea', failing: true, job: 'x' });
  expect(parametersOf(view)).toEqual({ q: 'tea', failing: true });
  expect(isNarrowed(readCronView({ job: 'x' }))).toBe(false);
});
