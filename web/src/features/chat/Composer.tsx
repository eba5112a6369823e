/** Where messages are written. A draft is kept per conversation; text is never lost to a click elsewhere. */
import './composer.css';
import { ActionIcon, Textarea } from '@mantine/core';
import { IconArrowUp, IconPlayerStopFilled } from '@tabler/icons-react';
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { t } from '@/i18n';
import { readDraft, writeDraft } from './drafts';

export interface ComposerHandle {
  /** Puts a text into the field, before what is there already. */
  bringBack: (text: string) => void;
}

export interface ComposerProps {
  draftOf: string;
  running: boolean;
  stopping: boolean;
  onSend: (text: string) => void;
  onStop: () => void;
  ref?: Ref<ComposerHandle>;
}

const isTouch = () => matchMedia('(pointer: coarse)').matches;

export function Composer({ draftOf, running, stopping, onSend, onStop, ref }: ComposerProps) {
  const [text, setText] = useState(() => readDraft(draftOf));
  const field = useRef<HTMLTextAreaElement>(null);

  const shown = useRef(draftOf);
  useEffect(() => {
    if (shown.current !== draftOf) {
      shown.current = draftOf;
      setText(readDraft(draftOf));
    }
    // On a phone the keyboard would cover what one came to read.
    if (!isTouch()) field.current?.focus({ preventScroll: true });
  }, [draftOf]);

  const change = (next: string) => {
    setText(next);
    writeDraft(draftOf, next);
  };
  useImperativeHandle(ref, () => ({
    bringBack: (given) => {
      change(text.trim() ? `${given}\n\n${text}` : given);
      field.current?.focus({ preventScroll: true });
    },
  }));

  const send = () => {
    const clean = text.trim();
    if (!clean) return;
    change('');
    onSend(clean);
  };

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
        field.current?.focus({ preventScroll: true });
      }}
    >
      <Textarea
        ref={field}
        flex={1}
        autosize
        minRows={1}
        maxRows={10}
        variant="unstyled"
        placeholder={t.chat.placeholder}
        aria-label={t.chat.placeholder}
        title={isTouch() ? undefined : t.chat.keysHint}
        enterKeyHint={isTouch() ? 'enter' : 'send'}
        value={text}
        classNames={{ input: 'composer-field' }}
        onChange={(event) => change(event.currentTarget.value)}
        onKeyDown={(event) => {
          // While an input method composes, Enter picks a word.
          if (event.nativeEvent.isComposing || event.keyCode === 229) return;
          if (event.key !== 'Enter' || event.shiftKey || event.altKey) return;
          if (isTouch() && !event.ctrlKey && !event.metaKey) return;
          event.preventDefault();
          send();
        }}
      />
      {running && (
        <ActionIcon
          size={36}
          radius="xl"
          variant="default"
          aria-label={t.chat.stop}
          title={stopping ? t.chat.stopping : t.chat.stopHint}
          loading={stopping}
          onClick={onStop}
        >
          <IconPlayerStopFilled size={15} aria-hidden />
        </ActionIcon>
      )}
      <ActionIcon size={36} radius="xl" type="submit" aria-label={t.chat.send} disabled={!text.trim()}>
        <IconArrowUp size={18} aria-hidden />
      </ActionIcon>
    </form>
  );
}
