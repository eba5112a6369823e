/** Where messages are written. A draft is kept per conversation; nothing typed or attached is lost to a click elsewhere. */
import './composer.css';
import { ActionIcon, Textarea } from '@mantine/core';
import { IconArrowUp, IconPaperclip, IconPlayerStopFilled } from '@tabler/icons-react';
import {
  type KeyboardEvent,
  lazy,
  type ReactNode,
  type Ref,
  Suspense,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
} from 'react';
import { t } from '@/i18n';
import { bytes, count, shortCount } from '@/i18n/format';
import { disabledBecause } from '@/ui/disabledBecause';
import { tip } from '@/ui/Tips';
import { foldersIn, type Limits, messageBytes, pastesFiles, tokensAbout } from './attachments.logic';
import { readDraft, writeDraft } from './drafts';
import { useFieldHeight } from './fieldHeight';
import type { Attached } from './fileStore';
import { recall } from './recall.logic';
import { useDrop } from './useDrop';
import { useFiles } from './useFiles';

const Attachments = lazy(() => import('./Attachments'));

/** From so many letters on it is worth saying how long a message is. */
const LONG = 4_000;

export interface ComposerHandle {
  /** Puts a text into the field, before what is there already, and its files to those that are there. */
  bringBack: (text: string, files?: readonly Attached[]) => void;
  focus: () => void;
}

export interface ComposerProps {
  draftOf: string;
  running: boolean;
  stopping: boolean;
  /** What was said before, oldest first: the arrow keys bring it back. */
  said: readonly string[];
  limits: Limits;
  /** Why nothing can be sent. */
  why?: string;
  /** What stands beside the buttons. */
  children?: ReactNode;
  onSend: (text: string, files: readonly Attached[]) => void;
  onStop: () => void;
  ref?: Ref<ComposerHandle>;
}

const isTouch = () => matchMedia('(pointer: coarse)').matches;

export function Composer(props: ComposerProps) {
  const { draftOf, running, stopping, said, limits, why, children, onSend, onStop, ref } = props;
  const w = t.chatList;
  const [text, setText] = useState(() => readDraft(draftOf));
  const field = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const back = useRef(0);
  const full = useFieldHeight(field, text);
  const files = useFiles(draftOf, limits);
  const focus = () => field.current?.focus({ preventScroll: true });

  const shown = useRef(draftOf);
  useEffect(() => {
    if (shown.current !== draftOf) {
      shown.current = draftOf;
      back.current = 0;
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
    bringBack: (given, attached) => {
      change(text.trim() ? `${given}\n\n${text}` : given);
      if (attached?.length) files.put(attached);
      focus();
    },
    focus,
  }));

  const take = (data: DataTransfer) => files.add([...data.files], foldersIn(data.items), text);
  const over = useDrop(take, why === undefined);

  const clean = text.trim();
  const tooLarge = messageBytes(clean, files.held) > limits.max_message_bytes;
  const hasSomething = clean !== '' || files.held.length > 0;
  const problem = files.preparing ? w.preparing : tooLarge ? w.tooLong(bytes(limits.max_message_bytes)) : why;
  const send = () => {
    if (!hasSomething || problem !== undefined) return;
    const attached = files.held;
    back.current = 0;
    change('');
    files.clear();
    onSend(clean, attached);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // While an input method composes, Enter and the arrows pick a word.
    if (event.nativeEvent.isComposing || event.keyCode === 229 || event.altKey) return;
    const { selectionStart: start, selectionEnd: end } = event.currentTarget;
    if (!event.shiftKey && !event.ctrlKey && !event.metaKey) {
      const found = recall(event.key, { text, start, end }, said, back.current);
      if (found) {
        event.preventDefault();
        back.current = found.back;
        change(found.text);
        return;
      }
    }
    if (event.key !== 'Enter' || event.shiftKey) return;
    if (isTouch() && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      className="composer"
      data-over={over || undefined}
      onSubmit={(event) => {
        event.preventDefault();
        send();
        focus();
      }}
    >
      {(files.held.length > 0 || files.problems.length > 0) && (
        <Suspense fallback={<div className="draft-files" aria-busy />}>
          <Attachments
            files={files.held}
            problems={files.problems}
            onRemove={(file) => {
              files.remove(file);
              focus();
            }}
            onDismiss={() => {
              files.dismiss();
              focus();
            }}
          />
        </Suspense>
      )}
      <Textarea
        ref={field}
        rows={1}
        data-full={full || undefined}
        variant="unstyled"
        placeholder={running ? w.placeholderQueue : w.placeholder}
        aria-label={w.placeholder}
        aria-describedby="composer-status"
        enterKeyHint={isTouch() ? 'enter' : 'send'}
        readOnly={why !== undefined}
        value={text}
        classNames={{ input: 'composer-field' }}
        onChange={(event) => change(event.currentTarget.value)}
        onPaste={(event) => {
          const { types, files: pasted } = event.clipboardData;
          if (!pastesFiles(types, pasted.length, event.clipboardData.getData('text/plain'))) return;
          event.preventDefault();
          take(event.clipboardData);
        }}
        onKeyDown={onKeyDown}
      />
      <div className="composer-bar">
        <input
          ref={chooser}
          type="file"
          multiple
          hidden
          aria-hidden
          tabIndex={-1}
          onChange={(event) => {
            files.add([...(event.currentTarget.files ?? [])], [], text);
            event.currentTarget.value = '';
            focus();
          }}
        />
        <ActionIcon
          size={36}
          radius="xl"
          variant="subtle"
          color="gray"
          {...tip(w.attach)}
          loading={files.preparing}
          onClick={() => chooser.current?.click()}
          {...disabledBecause(why)}
        >
          <IconPaperclip size={18} stroke={1.7} aria-hidden />
        </ActionIcon>
        {children}
        <span
          id="composer-status"
          className="composer-status"
          role="status"
          data-tone={tooLarge ? 'bad' : undefined}
        >
          {problem ?? (text.length >= LONG ? w.long(count(text.length), shortCount(tokensAbout(text))) : '')}
        </span>
        {running && (
          <ActionIcon
            size={36}
            radius="xl"
            variant="default"
            {...tip(w.stop, 'Esc')}
            loading={stopping}
            onClick={onStop}
            {...disabledBecause(why)}
          >
            <IconPlayerStopFilled size={15} aria-hidden />
          </ActionIcon>
        )}
        {(!running || hasSomething) && (
          <ActionIcon
            size={36}
            radius="xl"
            type="submit"
            // The field keeps the focus: on a phone its loss brings the tabs back, and the button would move away.
            onPointerDown={(event) => event.preventDefault()}
            onMouseDown={(event) => event.preventDefault()}
            {...tip(running ? w.sendToQueue : w.send, 'Enter')}
            disabled={!hasSomething || problem !== undefined}
          >
            <IconArrowUp size={18} aria-hidden />
          </ActionIcon>
        )}
      </div>
      {over && <div className="composer-drop">{w.dropHere}</div>}
    </form>
  );
}
