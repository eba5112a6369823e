import { expect, it } from 'vitest';
import { keyCaps } from './KeyHint';

it('keys are named as they stand on the keyboard', () => {
  expect(keyCaps('mod+k', false)).toEqual(['Ctrl', 'K']);
  expect(keyCaps('mod+k', true)).toEqual(['⌘', 'K']);
  expect(keyCaps('g c', false)).toEqual(['G', 'C']);
  expect(keyCaps('?', false)).toEqual(['?']);
  expect(keyCaps('shift+enter', false)).toEqual(['⇧', '↵']);
});
