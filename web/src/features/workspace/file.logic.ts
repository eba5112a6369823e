/** How what was typed stands to what the file is. */
import type { WorkspaceFile } from '@/api/types';
import type { Draft } from './drafts';

export type Standing =
  /** Nothing was typed, or it is what the file is. */
  | 'same'
  /** There is something to be saved. */
  | 'changed'
  /** The file was changed elsewhere meanwhile. */
  | 'conflict'
  /** The file is there no more. */
  | 'gone';

/** `file` undefined: it is not there. */
export function standingOf(draft: Draft | undefined, file: WorkspaceFile | undefined): Standing {
  if (!draft) return 'same';
  if (!file) return draft.base === null ? 'changed' : 'gone';
  if (file.kind === 'text' && draft.text === file.content) return 'same';
  return draft.base === file.etag ? 'changed' : 'conflict';
}

/** How the lines end; undefined: with a plain newline, or not all alike. */
export function wideEnds(text: string): '\r\n' | undefined {
  const ends = text.split('\n').length - 1;
  return ends > 0 && text.split('\r\n').length - 1 === ends ? '\r\n' : undefined;
}

/** What a person may do with a file's text. */
export const isEditable = (file: WorkspaceFile) => file.kind === 'text' && file.utf8;
