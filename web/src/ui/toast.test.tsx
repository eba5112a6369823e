import { MantineProvider } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it, vi } from 'vitest';
import { Toaster } from './Toaster';
import { toast, toastUndo, undoNewest } from './toast';

const setup = () =>
  render(
    <MantineProvider env="test">
      <Toaster />
    </MantineProvider>,
  );
afterEach(() => notifications.clean());

it('takes back what was done, once, and says so', async () => {
  setup();
  const undo = vi.fn(async () => {});
  toastUndo({ id: 'deleted-1', message: '“Birds” was deleted.', undo, undone: 'It is back.' });
  await screen.findByText('“Birds” was deleted.');
  await userEvent.click(screen.getByRole('button', { name: 'Undo' }));
  await screen.findByText('It is back.');
  expect(undo).toHaveBeenCalledOnce();
  expect(undoNewest()).toBe(false);
});

it('the newest is taken back by key', async () => {
  setup();
  const first = vi.fn(async () => {});
  const second = vi.fn(async () => {});
  toastUndo({ id: 'a', message: 'a', undo: first });
  toastUndo({ id: 'b', message: 'b', undo: second });
  expect(undoNewest()).toBe(true);
  expect(second).toHaveBeenCalledOnce();
  expect(first).not.toHaveBeenCalled();
});

it('a failure names its request and is shown once', async () => {
  setup();
  const error = Object.assign(new Error('The disk is full.'), { body: { request_id: 'r-7' } });
  toast.failed(error);
  toast.failed(error);
  expect(await screen.findAllByText('The disk is full. · Request r-7')).toHaveLength(1);
});
