import { expect, it } from 'vitest';
import { adviceOn, partName, toneOf, wordOf } from './health.logic';

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
