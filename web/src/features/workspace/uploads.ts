/** Uploads under way: two at a time, over page changes too. */
import { useSyncExternalStore } from 'react';
import { ApiError } from '@/api/client';
import { type OnConflict, type Sending, Stopped, sendFile } from '@/api/upload';
import { failureOf } from '@/ui/failure';
import type { Upload } from './uploads.logic';

const AT_ONCE = 2;

interface Job {
  file: Blob;
  onConflict: OnConflict;
  sending?: Sending;
}

let uploads: readonly Upload[] = [];
let lastId = 0;
const jobs = new Map<number, Job>();
const watchers = new Set<() => void>();
const finished = new Set<(path: string) => void>();

function publish(next: readonly Upload[]) {
  uploads = next;
  for (const watcher of watchers) watcher();
}
const patch = (id: number, change: Partial<Upload>) =>
  publish(uploads.map((one) => (one.id === id ? { ...one, ...change } : one)));

async function run(id: number, job: Job, path: string) {
  patch(id, { state: 'running', sent: 0, error: undefined });
  job.sending = sendFile(path, job.file, job.onConflict, (sent) => patch(id, { sent }));
  try {
    const saved = await job.sending.done;
    jobs.delete(id);
    patch(id, { state: 'done', path: saved.path });
    for (const listener of finished) listener(saved.path);
  } catch (error) {
    if (error instanceof Stopped) patch(id, { state: 'stopped' });
    else if (error instanceof ApiError && error.status === 409) patch(id, { state: 'exists' });
    else patch(id, { state: 'failed', error: failureOf(error).message });
  }
  next();
}

function next() {
  const running = uploads.filter(({ state }) => state === 'running').length;
  for (const { id, path } of uploads.filter(({ state }) => state === 'waiting').slice(0, AT_ONCE - running)) {
    const job = jobs.get(id);
    if (job) void run(id, job, path);
  }
}

export function startUploads(files: readonly { path: string; file: Blob }[]) {
  const added = files.map(({ path, file }): Upload => {
    lastId += 1;
    jobs.set(lastId, { file, onConflict: 'fail' });
    return { id: lastId, path, size: file.size, sent: 0, state: 'waiting' };
  });
  publish([...uploads, ...added]);
  next();
}

/** Tries again, with an answer to what to do about the file that is there. */
export function retryUpload(id: number, onConflict: OnConflict) {
  const job = jobs.get(id);
  if (!job) return;
  job.onConflict = onConflict;
  patch(id, { state: 'waiting' });
  next();
}

export function stopUpload(id: number) {
  const job = jobs.get(id);
  if (job?.sending && uploads.some((one) => one.id === id && one.state === 'running')) job.sending.stop();
  else patch(id, { state: 'stopped' });
}

/** Forgets all that does not run any more. */
export function clearUploads() {
  const left = uploads.filter(({ state }) => state === 'running' || state === 'waiting');
  for (const { id } of uploads) if (!left.some((one) => one.id === id)) jobs.delete(id);
  publish(left);
}

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};
export const useUploads = () => useSyncExternalStore(watch, () => uploads);
export const onUploaded = (listener: (path: string) => void) => {
  finished.add(listener);
  return () => void finished.delete(listener);
};
