/** Changes the words of an earlier message; what was answered then stays as another version. */
import { Button, Group, Textarea } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { t } from '@/i18n';
import { useLocked } from './ThreadActions';

export interface EditMessageProps {
  text: string;
  onSend: (text: string) => void;
  onCancel: () => void;
}

export function EditMessage({ text, onSend, onCancel }: EditMessageProps) {
  const [words, setWords] = useState(text);
  const locked = useLocked();
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const area = field.current;
    area?.focus({ preventScroll: true });
    area?.setSelectionRange(area.value.length, area.value.length);
  }, []);
  const clean = words.trim();
  const possible = clean !== '' && locked === undefined;
  return (
    <form
      className="edit-message"
      onSubmit={(event) => {
        event.preventDefault();
        if (possible) onSend(clean);
      }}
    >
      <Textarea
        ref={field}
        autosize
        minRows={2}
        maxRows={14}
        aria-label={t.thread.editLabel}
        description={t.thread.editHint}
        inputWrapperOrder={['input', 'description']}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing || event.keyCode === 229) return;
          if (event.key === 'Escape') {
            // Esc stops the answer elsewhere.
            event.preventDefault();
            onCancel();
          }
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && possible) {
            event.preventDefault();
            onSend(clean);
          }
        }}
      />
      <Group justify="flex-end" gap="xs" mt="xs">
        <Button size="compact-md" variant="default" onClick={onCancel}>
          {t.thread.cancel}
        </Button>
        <Button size="compact-md" type="submit" disabled={!possible} title={locked}>
          {t.thread.send}
        </Button>
      </Group>
    </form>
  );
}
