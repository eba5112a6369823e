import { describe, expect, it } from 'vitest';
import { changeOf, hasArguments, readOutput, summaryOf } from './tools.logic';

describe('a tool call in one line', () => {
  it('is the argument that says most', () => {
    expect(summaryOf({ timeout: 5, command: 'ls -la\n/tmp' })).toBe('ls -la /tmp');
    expect(summaryOf({ depth: 2, deep: true })).toBe('depth: 2, deep: true');
    expect(summaryOf('plain')).toBe('plain');
    expect(summaryOf(null)).toBe('');
    expect(summaryOf({ command: 'x'.repeat(500) })).toHaveLength(140);
  });
  it('knows when there is nothing to show', () => {
    expect([{}, null, '', undefined].map(hasArguments)).toEqual([false, false, false, false]);
    expect(hasArguments({ a: 1 })).toBe(true);
  });
});

describe('output of a tool', () => {
  it('is set as JSON where it is JSON, and shows its exit code', () => {
    expect(readOutput('{"exit_code":2,"stdout":""}')).toMatchObject({ language: 'json', exitCode: 2 });
    expect(readOutput('boom\nexit code: 127\n')).toMatchObject({ exitCode: 127, language: '' });
    expect(readOutput('[not json')).toEqual({ text: '[not json', language: '', exitCode: null });
  });
});

describe('a change of a file', () => {
  it('is read where a tool tells one', () => {
    const change = { path: 'a.md', diff: '+x\n', added: 1, removed: 0 };
    expect(changeOf({ ...change, more: true })).toEqual(change);
    for (const none of [
      undefined,
      null,
      'x',
      { exit_code: 0 },
      { ...change, diff: '' },
      { ...change, added: '1' },
    ])
      expect(changeOf(none)).toBeNull();
  });
});
