/** Files on their way to the gateway. */
import { join, typedPath } from './paths.logic';

export type UploadState = 'waiting' | 'running' | 'done' | 'exists' | 'failed' | 'stopped';

export interface Upload {
  id: number;
  path: string;
  size: number;
  /** Bytes that are there. */
  sent: number;
  state: UploadState;
  /** Why it failed. */
  error?: string;
}

/** The path that a dropped file gets in a folder, with the folders that it was in. */
export const targetOf = (folder: string, path: string) => join(folder, typedPath(path));

export interface Sum {
  total: number;
  sent: number;
  left: number;
  /** Those that want an answer or look at. */
  stuck: number;
}

export function sumOf(uploads: readonly Upload[]): Sum {
  const sum: Sum = { total: 0, sent: 0, left: 0, stuck: 0 };
  for (const { size, sent, state } of uploads) {
    if (state === 'exists' || state === 'failed') sum.stuck += 1;
    if (state === 'waiting' || state === 'running') sum.left += 1;
    if (state === 'stopped' || state === 'exists' || state === 'failed') continue;
    sum.total += size;
    sum.sent += state === 'done' ? size : Math.min(sent, size);
  }
  return sum;
}
