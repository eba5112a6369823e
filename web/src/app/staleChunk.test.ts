import { expect, it } from 'vitest';
import { isStaleChunk } from './staleChunk';

it('knows the words of each browser for a missing part, and nothing else', () => {
  for (const words of [
    'Failed to fetch dynamically imported module: http://x/assets/a.js',
    'error loading dynamically imported module: http://x/assets/a.js',
    'Importing a module script failed.',
    'Unable to preload CSS for /assets/a.css',
  ])
    expect(isStaleChunk(new TypeError(words))).toBe(true);
  expect(isStaleChunk(new TypeError('x is not a function'))).toBe(false);
});
