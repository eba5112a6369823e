import { expect, it } from 'vitest';
import { adviceOn, partName, toneOf, verdictOf, wordOf } from './health.logic';

it('every state has a tone and a word, an unknown one its own', () => {
  expect(['ok', 'degraded', 'failing', 'off', 'dreaming'].map(toneOf)).toEqual([
    'good',
    'warn',
    'bad',
    'off',
    'off',
  ]);
  expect(wordOf('degraded')).toBe('Degraded');
  expect(wordOf('dreaming')).toBe('dreaming');
  expect(wordOf('toString')).toBe('toString');
  expect(partName('provider')).toBe('Model provider');
  expect(partName('engine')).toBe('engine');
});

it('who is not well comes with what to do', () => {
  expect(adviceOn('provider', 'ok')).toBeUndefined();
  expect(adviceOn('provider', 'degraded')).toMatch(/key/);
  expect(adviceOn('engine', 'failing')).toMatch(/log/);
  expect(adviceOn('scheduler', 'off')).toMatch(/schedule/i);
  expect(adviceOn('engine', 'off')).toBeUndefined();
});

it('the doctor is quoted with the worst it found, and not where it never looked', () => {
  const AT = '2026-11-21T12:00:00Z';
  const found = (error: number, warning: number, at?: string) =>
    verdictOf({ at, summary: { ok: 3, info: 1, warning, error }, results: [] });
  expect(found(2, 5, AT)).toEqual({ tone: 'bad', words: '2 errors' });
  expect(found(0, 1, AT)).toEqual({ tone: 'warn', words: '1 warning' });
  expect(found(0, 0, AT).tone).toBe('good');
  expect(found(0, 0).tone).toBe('off');
  expect(verdictOf(undefined).tone).toBe('off');
});
