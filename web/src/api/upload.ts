/** Sends a file to the workspace and says how far it is, which `fetch` cannot. */
import { t } from '@/i18n';
import { ApiError, Unreachable } from './client';
import type { ErrorBody, WorkspaceSaved } from './types';

export type OnConflict = 'fail' | 'replace' | 'rename';

export interface Sending {
  done: Promise<WorkspaceSaved>;
  stop: () => void;
}

/** It was stopped from here. */
export class Stopped extends Error {}

export function sendFile(
  path: string,
  file: Blob,
  onConflict: OnConflict,
  onProgress: (sent: number) => void,
): Sending {
  const request = new XMLHttpRequest();
  const query = new URLSearchParams({ path, on_conflict: onConflict });
  const done = new Promise<WorkspaceSaved>((resolve, reject) => {
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onabort = () => reject(new Stopped());
    request.onerror = () => reject(new Unreachable());
    request.onload = () => {
      const answer = read(request.responseText);
      if (request.status >= 200 && request.status < 300 && answer) resolve(answer as WorkspaceSaved);
      else reject(new ApiError(request.status, refusal(request, answer)));
    };
  });
  request.open('POST', `/api/workspace/upload?${query}`);
  request.setRequestHeader('Content-Type', 'application/octet-stream');
  request.send(file);
  return { done, stop: () => request.abort() };
}

function read(text: string): object | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null ? answer : undefined;
  } catch {
    return undefined;
  }
}

const refusal = (request: XMLHttpRequest, answer: object | undefined): ErrorBody =>
  answer && 'error' in answer
    ? (answer as ErrorBody)
    : { error: request.statusText || t.common.failed, code: 'INTERNAL_ERROR' };

/** Where a file's bytes are. */
export const downloadUrl = (path: string, inline = false) =>
  `/api/workspace/download?${new URLSearchParams({ path, ...(inline ? { inline: 'true' } : {}) })}`;
