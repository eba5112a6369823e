/** What can be done to all that is chosen. */
import { Button, Modal, TextInput } from '@mantine/core';
import { IconFolder, IconPin, IconPinnedOff, IconRestore, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { MemoryBulk } from '@/api/types';
import { t } from '@/i18n';
import { count } from '@/i18n/format';
import { disabledBecause } from '@/ui/disabledBecause';
import { toast, toastUndo } from '@/ui/toast';
import { bulk, useCounts, useMemoryActions } from './data';
import { CATEGORIES, categoryName } from './words';

/** The gateway takes so many at once. */
const AT_ONCE = 500;

interface BulkBarProps {
  keys: string[];
  all: string[];
  bin: boolean;
  whyNot: string | undefined;
  onSelect: (keys: string[]) => void;
}

export function BulkBar({ keys, all, bin, whyNot, onSelect }: BulkBarProps) {
  const { bulk: run, reread } = useMemoryActions();
  const [moving, setMoving] = useState(false);
  const act = (action: MemoryBulk['action'], category?: string) => {
    const chosen = keys.slice(0, AT_ONCE);
    const body = { keys: chosen, action, ...(category === undefined ? {} : { category }) };
    // A promise, not a callback of the mutation: nothing may be left to be chosen before the answer is here.
    void run.mutateAsync(body).then(
      ({ done, failed }) => {
        onSelect(failed.map(({ key }) => key));
        setMoving(false);
        const [first] = failed;
        if (first) toast.failed(new Error(t.memory.partly(count(failed.length), first.error)));
        if (action === 'restore' && done.length > 0) toast.done(t.memory.areBack(count(done.length)));
        if (action !== 'delete' || done.length === 0) return;
        toastUndo({
          id: `memory-deleted-${done[0]}-${done.length}`,
          message: t.memory.wereDeleted(count(done.length)),
          undo: () => bulk({ keys: done, action: 'restore' }).then(reread),
          undone: t.memory.areBack(count(done.length)),
        });
      },
      (error: unknown) => toast.failed(error),
    );
  };
  const button = { size: 'compact-sm', variant: 'default', loading: run.isPending } as const;
  return (
    <div className="memory-bulk" role="toolbar" aria-label={t.memory.selected(count(keys.length))}>
      <strong role="status">{t.memory.selected(count(keys.length))}</strong>
      {bin ? (
        <Button
          {...button}
          leftSection={<IconRestore size={15} aria-hidden />}
          onClick={() => act('restore')}
          {...disabledBecause(whyNot)}
        >
          {t.memory.restoreIt}
        </Button>
      ) : (
        <>
          <Button
            {...button}
            leftSection={<IconPin size={15} aria-hidden />}
            onClick={() => act('pin')}
            {...disabledBecause(whyNot)}
          >
            {t.memory.pin}
          </Button>
          <Button
            {...button}
            leftSection={<IconPinnedOff size={15} aria-hidden />}
            onClick={() => act('unpin')}
            {...disabledBecause(whyNot)}
          >
            {t.memory.unpin}
          </Button>
          <Button
            {...button}
            leftSection={<IconFolder size={15} aria-hidden />}
            onClick={() => setMoving(true)}
            {...disabledBecause(whyNot)}
          >
            {t.memory.move}
          </Button>
          <Button
            {...button}
            color="red"
            variant="light"
            leftSection={<IconTrash size={15} aria-hidden />}
            onClick={() => act('delete')}
            {...disabledBecause(whyNot)}
          >
            {t.common.delete}
          </Button>
        </>
      )}
      <span className="memory-bulk-end">
        {keys.length < all.length && (
          <Button size="compact-sm" variant="subtle" onClick={() => onSelect(all)}>
            {t.memory.selectAll}
          </Button>
        )}
        <Button size="compact-sm" variant="subtle" onClick={() => onSelect([])}>
          {t.memory.clearSelection}
        </Button>
      </span>
      {moving && (
        <MoveDialog
          busy={run.isPending}
          onClose={() => setMoving(false)}
          onMove={(name) => act('categorize', name)}
        />
      )}
    </div>
  );
}

interface MoveDialogProps {
  busy: boolean;
  onClose: () => void;
  onMove: (category: string) => void;
}

function MoveDialog({ busy, onClose, onMove }: MoveDialogProps) {
  const [name, setName] = useState('');
  const known = useCounts().data?.categories.map((one) => one.name) ?? [];
  const names = [...new Set([...CATEGORIES, ...known])];
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.memory.moveTitle}
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) onMove(name);
        }}
      >
        <TextInput
          label={t.memory.moveLabel}
          value={name}
          maxLength={64}
          data-autofocus
          autoComplete="off"
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div className="chips memory-choices">
          {names.map((one) => (
            <button
              key={one}
              type="button"
              className="chip"
              aria-pressed={name === one}
              onClick={() => setName(one)}
            >
              {categoryName(one)}
            </button>
          ))}
        </div>
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button type="submit" disabled={!name.trim()} loading={busy}>
            {t.common.save}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
