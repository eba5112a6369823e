/** One memory: a line or two; opened, all of it, in place. */
import { ActionIcon, Checkbox } from '@mantine/core';
import {
  IconCopy,
  IconHistory,
  IconMessage,
  IconPencil,
  IconPin,
  IconPinFilled,
  IconRestore,
  IconTrash,
} from '@tabler/icons-react';
import { memo, useId, useState } from 'react';
import type { MemoryEntry } from '@/api/types';
import { t } from '@/i18n';
import { percent } from '@/i18n/format';
import { ActionMenu, type MenuEntry } from '@/ui/ActionMenu';
import { copyText } from '@/ui/copy';
import { disabledBecause } from '@/ui/disabledBecause';
import { Marked } from '@/ui/Marked';
import { RelativeTime } from '@/ui/RelativeTime';
import { StatusBadge } from '@/ui/StatusBadge';
import { tip } from '@/ui/Tips';
import { toast, toastUndo } from '@/ui/toast';
import { restore, useMemoryActions } from './data';
import { useDraft } from './drafts';
import { EntryOpen } from './EntryOpen';
import type { MemoryQuery } from './query.logic';
import { Versions } from './Versions';
import { categoryName } from './words';

export interface EntryRowProps {
  entry: MemoryEntry;
  open: boolean;
  selected: boolean;
  /** Others are chosen already: the boxes stay to be seen. */
  selecting: boolean;
  bin: boolean;
  whyNot: string | undefined;
  go: (key: string | undefined) => void;
  onPick: (next: MemoryQuery) => void;
  onToggle: (key: string) => void;
}

export const EntryRow = memo(function EntryRow(props: EntryRowProps) {
  const { entry, open, selected, bin, whyNot, go } = props;
  const draft = useDraft(entry.id);
  const [editing, setEditing] = useState(false);
  const [history, setHistory] = useState(false);
  const details = useId();
  const act = useRowActions(entry);
  const edit = () => {
    setEditing(true);
    go(entry.key);
  };
  const entries = (): MenuEntry[] =>
    bin
      ? [
          { label: t.memory.restoreIt, icon: IconRestore, onSelect: act.restore, why: whyNot },
          { label: t.memory.versions, icon: IconHistory, onSelect: () => setHistory(true) },
        ]
      : [
          { label: t.memory.edit, icon: IconPencil, onSelect: edit, why: whyNot },
          {
            label: entry.pinned ? t.memory.unpin : t.memory.pin,
            icon: IconPin,
            onSelect: act.pin,
            why: whyNot,
          },
          { label: t.memory.versions, icon: IconHistory, onSelect: () => setHistory(true) },
          { label: t.memory.copyText, icon: IconCopy, onSelect: () => void copy(entry.content) },
          entry.session_id !== undefined && {
            label: t.memory.conversation,
            icon: IconMessage,
            href: `/chat/${encodeURIComponent(entry.session_id)}`,
          },
          'line',
          { label: t.common.delete, icon: IconTrash, onSelect: act.remove, danger: true, why: whyNot },
        ];
  return (
    <li className="memory-row" data-open={open || undefined} data-selected={selected || undefined}>
      <Checkbox
        className="memory-check"
        size="sm"
        aria-label={t.memory.select(entry.key)}
        checked={selected}
        data-shown={props.selecting || undefined}
        onChange={() => props.onToggle(entry.key)}
      />
      <button
        type="button"
        className="memory-head"
        aria-expanded={open}
        aria-controls={open ? details : undefined}
        onClick={() => go(open ? undefined : entry.key)}
      >
        <span className="memory-title">
          <span className="memory-key">
            <Marked text={entry.marked_key} />
          </span>
          <span className="badge memory-category">{categoryName(entry.category)}</span>
          {draft && <StatusBadge tone="warn">{t.memory.unsaved}</StatusBadge>}
        </span>
        {!open && (
          <span className="memory-snippet">
            <Marked text={entry.snippet} />
          </span>
        )}
        <span className="memory-meta">
          <span>{t.memory.authors[entry.author]}</span>
          <RelativeTime at={entry.deleted_at ?? entry.updated_at} />
          {typeof entry.score === 'number' && (
            <span className="num">{t.memory.score(percent(entry.score))}</span>
          )}
        </span>
      </button>
      <div className="memory-actions">
        {bin ? (
          <ActionIcon
            variant="subtle"
            color="gray"
            {...tip(t.memory.restoreIt)}
            onClick={act.restore}
            {...disabledBecause(whyNot)}
          >
            <IconRestore size={17} aria-hidden />
          </ActionIcon>
        ) : (
          <ActionIcon
            variant="subtle"
            color={entry.pinned ? undefined : 'gray'}
            aria-pressed={entry.pinned}
            className="memory-pin"
            {...tip(entry.pinned ? t.memory.unpin : t.memory.pin)}
            onClick={act.pin}
            {...disabledBecause(whyNot)}
          >
            {entry.pinned ? <IconPinFilled size={17} aria-hidden /> : <IconPin size={17} aria-hidden />}
          </ActionIcon>
        )}
        <ActionMenu label={t.memory.actions(entry.key)} entries={entries} />
      </div>
      {open && (
        <div id={details} className="memory-details">
          <EntryOpen
            entry={entry}
            bin={bin}
            whyNot={whyNot}
            editing={!bin && whyNot === undefined && (editing || draft !== undefined)}
            onEdit={setEditing}
            onRenamed={go}
            onVersions={() => setHistory(true)}
            onPick={props.onPick}
            onDelete={act.remove}
            onRestore={act.restore}
          />
        </div>
      )}
      {history && (
        <Versions
          memoryKey={entry.key}
          present={entry.version}
          whyNot={whyNot}
          onClose={() => setHistory(false)}
        />
      )}
    </li>
  );
});

const copy = async (text: string) => {
  if (await copyText(text)) toast.done(t.common.copied);
  else toast.failed(new Error(t.common.copyFailed));
};

function useRowActions(entry: MemoryEntry) {
  const { change, remove, restore: bringBack, reread } = useMemoryActions();
  const { key, pinned } = entry;
  const failed = (error: unknown) => toast.failed(error);
  // Promises, not callbacks of the mutation: the news may take the row away before the answer is here.
  return {
    pin: () => void change.mutateAsync({ key, changes: { pinned: !pinned } }).catch(failed),
    remove: () =>
      void remove.mutateAsync(key).then(
        () =>
          toastUndo({
            id: `memory-deleted-${entry.id}`,
            message: t.memory.wasDeleted(key),
            undo: () => restore(key).then(reread),
            undone: t.memory.isBack(key),
          }),
        failed,
      ),
    restore: () => void bringBack.mutateAsync({ key }).then(() => toast.done(t.memory.isBack(key)), failed),
  };
}
