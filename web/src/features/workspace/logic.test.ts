import { afterEach, describe, expect, it } from 'vitest';
import type { WorkspaceEntry, WorkspaceFile } from '@/api/types';
import { readDiff } from './diff.logic';
import { draftOf, moveDrafts, setDraft } from './drafts';
import { standingOf, wideEnds } from './file.logic';
import { faultOf, foldersAround, isWithin, movedPath, typedPath } from './paths.logic';
import { changed, fileOf, readQuery } from './query.logic';
import { afterGone, byFile, type Folder, rowsOf, stepOf, typeAhead } from './tree.logic';
import { sumOf, targetOf, type Upload } from './uploads.logic';

const entry = (path: string, kind: 'file' | 'folder' = 'file'): WorkspaceEntry => ({
  name: path.slice(path.lastIndexOf('/') + 1),
  path,
  kind,
  size: 1,
  modified: '2026-01-01T00:00:00.000Z',
  etag: null as unknown as undefined,
});
const folders = new Map<string, Folder>([
  ['', { entries: [entry('daily', 'folder'), entry('notes', 'folder'), entry('a.md')], total: 3 }],
  ['daily', { entries: [entry('daily/one.md'), entry('daily/two.md')], total: 2 }],
]);

describe('the address', () => {
  it('is read whatever it holds', () => {
    expect(readQuery({})).toEqual({});
    expect(readQuery({ line: '7', view: 'history', version: 3, panel: 'search', q: 5 })).toEqual({
      line: 7,
      view: 'history',
      version: 3,
      panel: 'search',
      q: '5',
    });
    expect(readQuery({ line: -1, panel: 'x', regex: 'yes', case: 'true', version: 2 })).toEqual({
      case: true,
    });
    expect(fileOf('/daily//a.md')).toBe('daily/a.md');
    expect(fileOf('/')).toBeUndefined();
  });
  it('keeps what belongs to a file with that file', () => {
    const now = { file: 'a.md', view: 'history', version: 3, panel: 'search', q: 'x' } as const;
    expect(changed(now, { file: 'b.md', line: 4 })).toEqual({
      file: 'b.md',
      line: 4,
      panel: 'search',
      q: 'x',
    });
    expect(changed(now, { view: undefined })).toEqual({ file: 'a.md', panel: 'search', q: 'x' });
    expect(changed(now, { file: undefined, panel: undefined })).toEqual({ q: 'x' });
  });
});

describe('paths', () => {
  it('are cleaned and judged as they are typed', () => {
    expect(typedPath(' /notes// day.md ')).toBe('notes/day.md');
    expect(faultOf('notes/day.md')).toBeUndefined();
    expect(faultOf('   ')).toBe('empty');
    expect(faultOf('../x')).toBe('up');
    expect(faultOf('a\\b')).toBe('letters');
    expect(faultOf('ä'.repeat(128))).toBe('long');
  });
  it('know what is in what', () => {
    expect(isWithin('notes-b', 'notes')).toBe(false);
    expect(isWithin('notes/b', 'notes')).toBe(true);
    expect(movedPath('notes/b/c', 'notes', 'old/notes')).toBe('old/notes/b/c');
    expect(movedPath('notes-b', 'notes', 'x')).toBe('notes-b');
    expect(foldersAround('a/b/c.md')).toEqual(['a', 'a/b']);
  });
});

describe('the tree', () => {
  const rows = rowsOf(folders, new Set(['daily', 'notes']));
  it('shows what is open, with levels and places', () => {
    expect(rows.map(({ path, level, place }) => [path, level, place])).toEqual([
      ['daily', 1, 1],
      ['daily/one.md', 2, 1],
      ['daily/two.md', 2, 2],
      ['notes', 1, 2],
      ['a.md', 1, 3],
    ]);
  });
  it('is walked by arrows', () => {
    expect(stepOf('ArrowDown', rows, 'daily')).toEqual({ to: 'daily/one.md' });
    expect(stepOf('ArrowRight', rows, 'daily')).toEqual({ to: 'daily/one.md' });
    expect(stepOf('ArrowLeft', rows, 'daily/two.md')).toEqual({ to: 'daily' });
    expect(stepOf('ArrowLeft', rows, 'daily')).toEqual({ close: 'daily' });
    // An open folder with nothing in it leads nowhere.
    expect(stepOf('ArrowRight', rows, 'notes')).toBeUndefined();
    expect(stepOf('ArrowRight', rowsOf(folders, new Set()), 'daily')).toEqual({ open: 'daily' });
    expect(stepOf('End', rows, 'daily')).toEqual({ to: 'a.md' });
    expect(stepOf('ArrowDown', rows, 'a.md')).toBeUndefined();
    expect(stepOf('ArrowDown', [], undefined)).toBeUndefined();
  });
  it('finds what is typed, going round', () => {
    expect(typeAhead('t', rows, 'a.md')).toBe('daily/two.md');
    expect(typeAhead('no', rows, 'notes')).toBe('notes');
    expect(typeAhead('z', rows, 'a.md')).toBeUndefined();
  });
  it('keeps a place for the focus when a row is gone', () => {
    expect(afterGone(rows, 'daily')).toBe('notes');
    expect(afterGone(rows, 'a.md')).toBe('notes');
    expect(afterGone(rows.slice(0, 1), 'daily')).toBeUndefined();
  });
  it('gathers lines by file', () => {
    expect(
      byFile([{ path: 'a' }, { path: 'b' }, { path: 'a' }]).map(({ path, hits }) => [path, hits.length]),
    ).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });
});

describe('a draft', () => {
  const file = { kind: 'text', content: 'one', etag: 'e1' } as WorkspaceFile;
  afterEach(() => localStorage.clear());
  it('is a change, a conflict, or nothing', () => {
    expect(standingOf(undefined, file)).toBe('same');
    expect(standingOf({ text: 'one', base: 'old' }, file)).toBe('same');
    expect(standingOf({ text: 'two', base: 'e1' }, file)).toBe('changed');
    expect(standingOf({ text: 'two', base: 'e0' }, file)).toBe('conflict');
    expect(standingOf({ text: 'two', base: 'e1' }, undefined)).toBe('gone');
    expect(standingOf({ text: 'two', base: null }, undefined)).toBe('changed');
  });
  it('stays in the browser and goes where its file goes', () => {
    setDraft('notes/a.md', { text: 'x', base: 'e' });
    setDraft('notes-b.md', { text: 'y', base: null });
    moveDrafts('notes', 'old');
    expect(draftOf('old/a.md')).toEqual({ text: 'x', base: 'e' });
    expect(draftOf('notes-b.md')).toBeDefined();
    expect(Object.keys(localStorage).sort()).toEqual([
      'clawgate-file-draft:notes-b.md',
      'clawgate-file-draft:old/a.md',
    ]);
    setDraft('old/a.md', undefined);
    setDraft('notes-b.md', undefined);
    expect(localStorage.length).toBe(0);
  });
  it('keeps the ends of lines where all are alike', () => {
    expect(wideEnds('a\r\nb\r\n')).toBe('\r\n');
    expect(wideEnds('a\r\nb\n')).toBeUndefined();
    expect(wideEnds('a')).toBeUndefined();
  });
});

describe('uploads', () => {
  it('keep the folders they were dropped with', () => {
    expect(targetOf('in', 'x.png')).toBe('in/x.png');
    expect(targetOf('', 'pics/ x.png')).toBe('pics/x.png');
  });
  it('are summed up', () => {
    const of = (state: Upload['state'], sent: number): Upload => ({
      id: 1,
      path: 'a',
      size: 10,
      sent,
      state,
    });
    expect(
      sumOf([of('done', 0), of('running', 4), of('waiting', 0), of('exists', 10), of('stopped', 3)]),
    ).toEqual({
      total: 30,
      sent: 14,
      left: 2,
      stuck: 1,
    });
  });
});

describe('a diff', () => {
  it('is read with the numbers of its lines', () => {
    const diff =
      '@@ -1,3 +1,3 @@\n one\n-two\n+deux\n three\n@@ -9 +9,2 @@\n nine\n+ten\n\\ No newline at end of file\n';
    expect(readDiff(diff)).toEqual([
      { kind: 'place', text: '1' },
      { kind: 'same', text: 'one', before: 1, after: 1 },
      { kind: 'removed', text: 'two', before: 2 },
      { kind: 'added', text: 'deux', after: 2 },
      { kind: 'same', text: 'three', before: 3, after: 3 },
      { kind: 'place', text: '9' },
      { kind: 'same', text: 'nine', before: 9, after: 9 },
      { kind: 'added', text: 'ten', after: 10 },
    ]);
    expect(readDiff('')).toEqual([]);
  });
});
