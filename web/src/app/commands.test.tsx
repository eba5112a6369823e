import { act, fireEvent, render } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { type Command, useCommandList, useCommands } from './commands';
import { inGroups } from './KeyMap';
import { useKeyListener } from './keys';

let seen: readonly Command[] = [];
function Reader() {
  seen = useCommandList();
  useKeyListener();
  return null;
}
function Offers({ commands }: { commands: Command[] }) {
  useCommands(commands);
  return null;
}

it('a page offers commands and their keys for as long as it is there, before the shell', () => {
  const shell = vi.fn();
  const page = vi.fn();
  const shellCommand: Command = { id: 'new', label: 'New chat', keys: 'n', group: 'do', run: shell };
  const pageCommand: Command = { id: 'note', label: 'New note', keys: 'n', run: page };
  const view = render(
    <>
      <Reader />
      <Offers commands={[shellCommand]} />
    </>,
  );
  expect(seen.map(({ id }) => id)).toEqual(['new']);
  fireEvent.keyDown(window, { key: 'n', code: 'KeyN' });
  expect(shell).toHaveBeenCalledOnce();

  view.rerender(
    <>
      <Reader />
      <Offers commands={[shellCommand]} />
      <Offers key="page" commands={[pageCommand]} />
    </>,
  );
  expect(seen.map(({ id }) => id)).toEqual(['note', 'new']);
  fireEvent.keyDown(window, { key: 'n', code: 'KeyN' });
  expect(page).toHaveBeenCalledOnce();
  expect(shell).toHaveBeenCalledOnce();

  view.rerender(
    <>
      <Reader />
      <Offers commands={[{ ...shellCommand, label: 'Another' }]} />
    </>,
  );
  expect(seen.map(({ label }) => label)).toEqual(['Another']);
  act(() => view.unmount());
});

it('the list of keys shows what a key means now, and no key twice', () => {
  const run = () => {};
  expect(
    inGroups([
      { keys: 'n', label: 'New note', run },
      { keys: 'g c', label: 'Chat', group: 'go', run },
      { keys: 'n', label: 'New chat', group: 'do', run },
    ]).map(({ group, bindings }) => [group, bindings.map(({ label }) => label)]),
  ).toEqual([
    ['page', ['New note']],
    ['go', ['Chat']],
  ]);
});
