import { render } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { singleKeys, useKeyListener, useKeys } from './keys';
import { chord, isTyping, type KeyBinding, type KeyPress, KeyReader } from './keys.logic';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  isComposing: false,
  keyCode: 0,
  repeat: false,
  ...more,
});

describe('a key press', () => {
  it('is written as bindings write it', () => {
    expect(chord(press('K', { ctrlKey: true }))).toBe('mod+k');
    expect(chord(press('k', { metaKey: true }))).toBe('mod+k');
    expect(chord(press('?', { shiftKey: true }))).toBe('?');
    expect(chord(press('G', { shiftKey: true }))).toBe('shift+g');
    expect(chord(press('Enter', { shiftKey: true }))).toBe('shift+enter');
  });

  it('is read by place on keyboards of other alphabets', () => {
    expect(chord(press('п', { code: 'KeyG' }))).toBe('g');
  });

  it('with AltGr is the character that it writes', () => {
    const altGr = { ctrlKey: true, altKey: true, getModifierState: (name: string) => name === 'AltGraph' };
    expect(chord(press('[', altGr))).toBe('[');
    expect(chord(press('[', { ctrlKey: true, altKey: true }))).toBeUndefined();
  });

  it('of an input method, of a modifier alone, or held down, is none', () => {
    expect(chord(press('n', { isComposing: true }))).toBeUndefined();
    expect(chord(press('Process', { keyCode: 229 }))).toBeUndefined();
    expect(chord(press('Shift', { shiftKey: true }))).toBeUndefined();
    expect(chord(press('n', { repeat: true }))).toBeUndefined();
  });
});

describe('a sequence', () => {
  const binding = (keys: string): KeyBinding => ({ keys, label: keys, run: () => {} });
  const map = [binding('g c'), binding('c'), binding('n')];

  it('is complete with its second key, in time', () => {
    const reader = new KeyReader();
    expect(reader.press('g', map, 1_000)).toBeUndefined();
    expect(reader.press('c', map, 1_500)?.keys).toBe('g c');
    expect(reader.press('c', map, 1_600)?.keys).toBe('c');
    reader.press('g', map, 2_000);
    expect(reader.press('c', map, 4_000)?.keys).toBe('c');
  });

  it('that goes astray does not swallow the next key', () => {
    const reader = new KeyReader();
    reader.press('g', map, 0);
    expect(reader.press('n', map, 10)?.keys).toBe('n');
    reader.press('g', map, 20);
    expect(reader.press('x', map, 30)).toBeUndefined();
    expect(reader.press('c', map, 40)?.keys).toBe('c');
  });
});

describe('the map', () => {
  beforeEach(() => singleKeys.set(true));
  const go = (target: Element, key: string, more: KeyboardEventInit = {}) =>
    target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
  function Page({ own }: { own: KeyBinding[] }) {
    useKeyListener();
    useKeys(own);
    return (
      <>
        <input aria-label="text" />
        <input type="checkbox" aria-label="box" />
        <button type="button">b</button>
      </>
    );
  }

  it('knows where letters are text', () => {
    const { getByLabelText, getByRole } = render(<Page own={[]} />);
    expect(isTyping(getByLabelText('text'))).toBe(true);
    expect(isTyping(getByLabelText('box'))).toBe(false);
    expect(isTyping(getByRole('button'))).toBe(false);
  });

  it('never fires while somebody types, but for what holds everywhere', () => {
    const run = vi.fn();
    const palette = vi.fn();
    const { getByLabelText } = render(
      <Page
        own={[
          { keys: 'n', label: 'New', run },
          { keys: 'mod+k', label: 'Palette', run: palette, always: true },
        ]}
      />,
    );
    const field = getByLabelText('text');
    go(field, 'n');
    go(field, 'k', { ctrlKey: true });
    expect(run).not.toHaveBeenCalled();
    expect(palette).toHaveBeenCalledOnce();
    go(document.body, 'n');
    expect(run).toHaveBeenCalledOnce();
    go(document.body, 'n', { isComposing: true });
    expect(run).toHaveBeenCalledOnce();
  });

  it('rests under a dialog, and while single keys are off', () => {
    const run = vi.fn();
    render(<Page own={[{ keys: 'n', label: 'New', run }]} />);
    const dialog = document.createElement('div');
    dialog.setAttribute('aria-modal', 'true');
    document.body.append(dialog);
    go(document.body, 'n');
    dialog.remove();
    singleKeys.set(false);
    go(document.body, 'n');
    expect(run).not.toHaveBeenCalled();
  });

  it('always runs the newest meaning, and none after the page is gone', () => {
    const first = vi.fn();
    const second = vi.fn();
    const { rerender, unmount } = render(<Page own={[{ keys: 'n', label: 'New', run: first }]} />);
    rerender(<Page own={[{ keys: 'n', label: 'New', run: second }]} />);
    go(document.body, 'n');
    expect(first).not.toHaveBeenCalled();
    expect(second).toHaveBeenCalledOnce();
    unmount();
    go(document.body, 'n');
    expect(second).toHaveBeenCalledOnce();
  });
});
