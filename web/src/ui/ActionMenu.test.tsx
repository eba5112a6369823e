import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { ActionMenu } from './ActionMenu';

function setup() {
  const rename = vi.fn();
  const remove = vi.fn();
  render(
    <MantineProvider>
      <ActionMenu
        label="Actions for Birds"
        entries={() => [
          { heading: 'Birds' },
          { label: 'Rename', onSelect: rename },
          { label: 'Export', href: '/export', download: true },
          'line',
          { label: 'Delete', danger: true, why: 'Not while it answers', onSelect: remove },
        ]}
      />
    </MantineProvider>,
  );
  return { rename, remove, button: screen.getByRole('button', { name: 'Actions for Birds' }) };
}

it('opens by key, is walked by arrows and letters, and gives the focus back', async () => {
  const user = userEvent.setup();
  const { button, rename } = setup();
  button.focus();
  await user.keyboard('{ArrowDown}');
  expect(button).toHaveAttribute('aria-expanded', 'true');
  expect(screen.getByRole('menuitem', { name: 'Rename' })).toHaveFocus();
  await user.keyboard('{ArrowUp}');
  expect(screen.getByRole('menuitem', { name: /Delete/ })).toHaveFocus();
  await user.keyboard('e');
  expect(screen.getByRole('menuitem', { name: 'Export' })).toHaveFocus();
  await user.keyboard('{Escape}');
  expect(screen.queryByRole('menu')).toBeNull();
  expect(button).toHaveFocus();
  expect(rename).not.toHaveBeenCalled();
});

it('does what is chosen, once, and closes', async () => {
  const user = userEvent.setup();
  const { button, rename } = setup();
  await user.click(button);
  await user.click(screen.getByRole('menuitem', { name: 'Rename' }));
  expect(rename).toHaveBeenCalledOnce();
  expect(screen.queryByRole('menu')).toBeNull();
});

it('names why something cannot be done, and does not do it', async () => {
  const user = userEvent.setup();
  const { button, remove } = setup();
  await user.click(button);
  const item = screen.getByRole('menuitem', { name: /Not while it answers/ });
  expect(item).toHaveAttribute('aria-disabled', 'true');
  await user.click(item);
  expect(remove).not.toHaveBeenCalled();
  await user.click(document.body);
  expect(screen.queryByRole('menu')).toBeNull();
});
