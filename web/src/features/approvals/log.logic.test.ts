import { expect, it } from 'vitest';
import { aboutOf } from './log.logic';

it('says what a line of the log is about', () => {
  expect(aboutOf({ details: { summary: 'Run ls', tool: 'shell' } })).toBe('Run ls');
  expect(aboutOf({ details: { covers: 'requests to a.org', tool: 'web_fetch' } })).toBe(
    'web_fetch: requests to a.org',
  );
  expect(aboutOf({ details: { name: 'Phone', scopes: ['read'] } })).toBe('Phone');
  expect(aboutOf({ details: { keys: ['a', 'b', 'c', 'd', 'e', 'f'] } })).toBe('a, b, c, d, +2');
  expect(aboutOf({ details: {} })).toBeUndefined();
  expect(aboutOf({ details: null })).toBeUndefined();
});
