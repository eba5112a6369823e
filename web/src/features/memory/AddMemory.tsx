/** Writes something down for the agent. */
import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { ApiError } from '@/api/client';
import { t } from '@/i18n';
import { failureOf } from '@/ui/failure';
import { toast } from '@/ui/toast';
import { useMemoryActions } from './data';
import { Fields, type Written } from './Fields';

interface AddMemoryProps {
  category: string | undefined;
  onClose: () => void;
  onAdded: (key: string) => void;
}

export function AddMemory({ category, onClose, onAdded }: AddMemoryProps) {
  const [written, setWritten] = useState<Written>({
    key: '',
    content: '',
    category: category ?? 'core',
    pinned: false,
  });
  const { add } = useMemoryActions();
  const taken = add.error instanceof ApiError && add.error.status === 409 && written.key.trim() !== '';
  const save = () => {
    const { key, content, pinned } = written;
    if (!content.trim() || add.isPending) return;
    const body = {
      content,
      pinned,
      // A name that was typed must not take another's place unseen; the same words may come again.
      overwrite: key.trim() === '',
      ...(key.trim() ? { key } : {}),
      ...(written.category.trim() ? { category: written.category } : {}),
    };
    add.mutate(body, {
      onSuccess: (entry) => {
        toast.done(t.memory.remembered(entry.key));
        onAdded(entry.key);
      },
    });
  };
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={t.memory.addTitle}
      // What was typed is not thrown away by a click beside it.
      closeOnClickOutside={!written.content.trim()}
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            save();
          }
        }}
      >
        <Fields value={written} fresh onChange={setWritten} />
        {add.isError && (
          <p role="alert" className="dialog-error">
            {taken ? t.memory.exists : failureOf(add.error).message}
          </p>
        )}
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button type="submit" disabled={!written.content.trim()} loading={add.isPending}>
            {t.memory.addDo}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
