import { expect, it } from 'vitest';
import { firstSentence, fits } from './groups.logic';

it('finds a tool by the words of its name and of what it does', () => {
  const tool = { name: 'file_read', description: 'Reads a file of the workspace.' };
  expect(fits(tool, 'file read')).toBe(true);
  expect(fits(tool, 'WORKSPACE reads')).toBe(true);
  expect(fits(tool, 'file web')).toBe(false);
  expect(fits(tool, '')).toBe(true);
});

it('tells a tool in a sentence', () => {
  expect(firstSentence('Reads v1.2 of it. Then more.')).toBe('Reads v1.2 of it.');
  expect(firstSentence('Reads')).toBe('Reads');
});
