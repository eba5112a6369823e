import { MantineProvider } from '@mantine/core';
import { fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_LIMITS } from './attachments.logic';
import { Composer, type ComposerProps } from './Composer';

const show = (over: Partial<ComposerProps> = {}) => {
  const onSend = vi.fn();
  const view = (props: Partial<ComposerProps>) => (
    <MantineProvider>
      <Composer
        draftOf="a"
        running={false}
        stopping={false}
        said={[]}
        limits={DEFAULT_LIMITS}
        onSend={onSend}
        onStop={() => {}}
        {...props}
      />
    </MantineProvider>
  );
  const { rerender } = render(view(over));
  return { onSend, change: (props: Partial<ComposerProps>) => rerender(view(props)) };
};
const field = () => screen.getByRole('textbox', { name: 'Message the agent' });
const touch = (coarse: boolean) =>
  vi.spyOn(window, 'matchMedia').mockImplementation(
    (query) =>
      ({
        matches: coarse && query.includes('coarse'),
        media: query,
        addEventListener() {},
        removeEventListener() {},
      }) as unknown as MediaQueryList,
  );

afterEach(() => {
  vi.restoreAllMocks();
  localStorage.clear();
});

describe('the composer', () => {
  it('sends with Enter and begins a new line with Shift and Enter', async () => {
    const { onSend } = show();
    await userEvent.type(field(), 'one{Shift>}{Enter}{/Shift}two');
    expect(onSend).not.toHaveBeenCalled();
    await userEvent.keyboard('{Enter}');
    expect(onSend).toHaveBeenCalledExactlyOnceWith('one\ntwo', []);
    expect(field()).toHaveValue('');
  });
  it('does not send while an input method composes', async () => {
    const { onSend } = show();
    await userEvent.type(field(), 'にほん');
    fireEvent.keyDown(field(), { key: 'Enter', isComposing: true });
    expect(onSend).not.toHaveBeenCalled();
  });
  it('takes Enter for a new line on touch', async () => {
    touch(true);
    const { onSend } = show();
    await userEvent.type(field(), 'one{Enter}two');
    expect(onSend).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    expect(onSend).toHaveBeenCalledExactlyOnceWith('one\ntwo', []);
  });
  it('keeps a draft for each conversation', async () => {
    const { change } = show();
    await userEvent.type(field(), 'for a');
    change({ draftOf: 'b' });
    expect(field()).toHaveValue('');
    await userEvent.type(field(), 'for b');
    change({ draftOf: 'a' });
    expect(field()).toHaveValue('for a');
  });
  it('sends nothing that is blank', async () => {
    const { onSend } = show();
    await userEvent.type(field(), '   {Enter}');
    expect(onSend).not.toHaveBeenCalled();
    expect(screen.getByRole('button', { name: 'Send' })).toBeDisabled();
  });
});
