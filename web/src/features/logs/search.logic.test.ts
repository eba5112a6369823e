import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  around,
  isNarrowed,
  modulesOf,
  parametersOf,
  pieces,
  readSearch,
  shortTarget,
  withModule,
} from './search.logic';

describe('the address', () => {
  test('says what is shown', () => {
    const search = readSearch({
      q: 'slow',
      regex: 'true',
      level: 'warn',
      target: 'clawgate::agent,-hyper',
      range: '1h',
      turn: 't-1',
      open: '17',
    });
    expect(search).toEqual({
      q: 'slow',
      regex: true,
      level: 'warn',
      target: 'clawgate::agent,-hyper',
      range: '1h',
      turn: 't-1',
      open: 17,
    });
    expect(parametersOf(search, Date.parse('2026-01-01T01:00:00Z'))).toEqual({
      regex: 'slow',
      level: 'warn',
      target: 'clawgate::agent,-hyper',
      from: '2026-01-01T00:00:00.000Z',
      turn_id: 't-1',
    });
  });

  test('may hold anything and stays sound', () => {
    expect(readSearch({ level: 'loud', range: '2y', from: 'x', open: -1, q: ' ' })).toEqual({});
    expect(readSearch({ from: '2026-01-02', to: '2026-01-01', range: '1h' })).toEqual({
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-01-02T00:00:00.000Z',
    });
    fc.assert(
      fc.property(fc.object(), (search) => {
        const read = readSearch(search);
        expect(readSearch({ ...read })).toEqual(read);
      }),
    );
  });

  test('is narrow only by what narrows', () => {
    expect(isNarrowed({ open: 3 })).toBe(false);
    expect(isNarrowed({ open: 3, level: 'warn' })).toBe(true);
  });
});

test('modules are shown alone, hidden, or neither', () => {
  let target = withModule(undefined, 'a', 'only');
  target = withModule(target, 'b::c', 'hidden');
  expect(target).toBe('a,-b::c');
  expect(modulesOf(' a , -b::c ,,- ')).toEqual({ only: ['a'], hidden: ['b::c'] });
  target = withModule(target, 'a', 'hidden');
  expect(target).toBe('-b::c,-a');
  target = withModule(target, 'a', undefined);
  expect(withModule(target, 'b::c', undefined)).toBeUndefined();
});

test('the context of a line is the time around it', () => {
  expect(around({ id: 9, timestamp: '2026-01-01T00:01:00Z' })).toEqual({
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-01-01T00:02:00.000Z',
    open: 9,
  });
});

test('what was looked for is marked, whatever its case', () => {
  expect(pieces('A slow Slow', { q: 'slow' })).toEqual([
    { text: 'A ', hit: false, at: 0 },
    { text: 'slow', hit: true, at: 2 },
    { text: ' ', hit: false, at: 6 },
    { text: 'Slow', hit: true, at: 7 },
  ]);
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, q) => {
      expect(
        pieces(text, { q })
          .map((piece) => piece.text)
          .join(''),
      ).toBe(text);
    }),
  );
});

test('module names lose only what all have', () => {
  expect(shortTarget('clawgate::agent::ending')).toBe('agent::ending');
  expect(shortTarget('hyper')).toBe('hyper');
});
