/** Asks before what cannot be undone; where much is at stake, the name has to be typed. */
import { Button, Modal, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { t } from '@/i18n';

export interface ConfirmDangerProps {
  title: string;
  /** What will be gone, and for whom. */
  children: ReactNode;
  /** The verb on the button. */
  confirm: string;
  /** Words to type before the button works. */
  typed?: string;
  busy?: boolean;
  /** Why it failed the last time. */
  error?: string;
  onConfirm: () => void;
  onClose: () => void;
}

export function ConfirmDanger(props: ConfirmDangerProps) {
  const { typed, busy } = props;
  const [words, setWords] = useState('');
  const ready = typed === undefined || words.trim() === typed;
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={props.title}
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !busy) props.onConfirm();
        }}
      >
        <div>{props.children}</div>
        {typed !== undefined && (
          <TextInput
            mt="md"
            label={t.common.typeToConfirm(typed)}
            value={words}
            data-autofocus
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            onChange={(event) => setWords(event.currentTarget.value)}
          />
        )}
        {props.error && (
          <p role="alert" className="dialog-error">
            {props.error}
          </p>
        )}
        <div className="dialog-actions">
          <Button
            type="button"
            variant="default"
            data-autofocus={typed === undefined || undefined}
            onClick={props.onClose}
          >
            {t.common.cancel}
          </Button>
          <Button type="submit" color="red.9" disabled={!ready} loading={busy}>
            {props.confirm}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
