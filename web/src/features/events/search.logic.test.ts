import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countTypes, factsOf, fits, isNarrowed, readSearch, toggled, toneOf, typesOf } from './search.logic';

const timestamp = '2026-01-01T00:00:00Z';

test('an address may hold anything and stays sound', () => {
  expect(readSearch({ types: 'agent_end,,x y,agent_end', q: ' ', open: '7' })).toEqual({
    types: 'agent_end',
    open: 7,
  });
  fc.assert(
    fc.property(fc.object(), (search) => {
      const read = readSearch(search);
      expect(readSearch({ ...read })).toEqual(read);
    }),
  );
});

test('types come and go', () => {
  const one = toggled(undefined, 'error');
  const both = toggled(one, 'agent_end');
  expect(typesOf(both)).toEqual(['error', 'agent_end']);
  expect(toggled(toggled(both, 'error'), 'agent_end')).toBeUndefined();
});

test('an event fits when all that is said holds', () => {
  const event = { type: 'agent_end', timestamp, session_id: 's', state: 'done', model: 'Large' };
  expect(fits(event, {})).toBe(true);
  expect(fits(event, { types: 'error,agent_end', session: 's', q: 'large' })).toBe(true);
  expect(fits(event, { types: 'error' })).toBe(false);
  expect(fits(event, { session: 't' })).toBe(false);
  expect(fits(event, { q: 'small' })).toBe(false);
  expect(isNarrowed({ open: 3 })).toBe(false);
});

test('a row says what is not said elsewhere', () => {
  const event = {
    type: 'config_changed',
    timestamp,
    keys: ['a', 'b'],
    error: null,
    none: [],
    deep: { x: 1 },
  };
  expect(factsOf(event)).toEqual([
    ['keys', 'a, b'],
    ['deep', '{"x":1}'],
  ]);
  expect(countTypes([event, { type: 'error', timestamp }, event])).toEqual([
    ['config_changed', 2],
    ['error', 1],
  ]);
});

test('what failed, waits or is done looks like it', () => {
  const tone = (type: string, more: object) => toneOf({ type, timestamp, ...more });
  expect(tone('agent_end', { state: 'failed' })).toBe('bad');
  expect(tone('agent_end', { state: 'done' })).toBe('good');
  expect(tone('tool_call', { success: false })).toBe('bad');
  expect(tone('approval_request', {})).toBe('warn');
  expect(tone('health_changed', { status: 'failing' })).toBe('bad');
  expect(tone('something_new', {})).toBe('info');
});
