import { describe, expect, it } from 'vitest';
import { recall } from './recall.logic';

const at = (text: string, caret = text.length) => ({ text, start: caret, end: caret });
const SAID = ['first', 'second\nwith a line', 'third'];

describe('the arrow keys of the composer', () => {
  it('go back through what was said and forward to the empty field', () => {
    expect(recall('ArrowUp', at(''), SAID, 0)).toEqual({ text: 'third', back: 1 });
    expect(recall('ArrowUp', at('third'), SAID, 1)).toEqual({ text: 'second\nwith a line', back: 2 });
    expect(recall('ArrowUp', at('second\nwith a line', 3), SAID, 2)).toEqual({ text: 'first', back: 3 });
    expect(recall('ArrowUp', at('first'), SAID, 3)).toBeNull();
    expect(recall('ArrowDown', at('first'), SAID, 3)).toEqual({ text: 'second\nwith a line', back: 2 });
    expect(recall('ArrowDown', at('third'), SAID, 1)).toEqual({ text: '', back: 0 });
  });
  it('move the caret inside a text of several lines', () => {
    expect(recall('ArrowUp', at('second\nwith a line'), SAID, 2)).toBeNull();
    expect(recall('ArrowDown', at('second\nwith a line', 2), SAID, 2)).toBeNull();
  });
  it('leave alone what was typed or changed', () => {
    expect(recall('ArrowUp', at('mine'), SAID, 0)).toBeNull();
    expect(recall('ArrowUp', at('third!'), SAID, 1)).toBeNull();
    expect(recall('ArrowUp', { text: 'third', start: 0, end: 5 }, SAID, 1)).toBeNull();
    expect(recall('ArrowUp', at(''), [], 0)).toBeNull();
    expect(recall('ArrowDown', at(''), SAID, 0)).toBeNull();
  });
});
