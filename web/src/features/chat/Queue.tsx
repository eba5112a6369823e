/** Messages that wait while an answer is under way: in order, to be changed, taken back or preferred. */
import { ActionIcon, Button, Textarea } from '@mantine/core';
import {
  IconArrowBackUp,
  IconClock,
  IconPaperclip,
  IconPencil,
  IconPlayerSkipForward,
} from '@tabler/icons-react';
import { type KeyboardEvent, useState } from 'react';
import { t } from '@/i18n';
import { disabledBecause } from '@/ui/disabledBecause';
import { tip } from '@/ui/Tips';
import type { UserRow } from './thread.logic';

export interface QueueProps {
  rows: readonly UserRow[];
  why: string | undefined;
  /** An answer is under way that could be stopped for the first of them. */
  running: boolean;
  onChange: (row: UserRow, text: string) => Promise<void>;
  onWithdraw: (row: UserRow) => void;
  onNow: () => void;
}

export function Queue({ rows, why, running, onChange, onWithdraw, onNow }: QueueProps) {
  const w = t.chatList;
  return (
    <section className="queue" aria-label={w.queue}>
      <p className="queue-head">
        <IconClock size={15} aria-hidden />
        <b>{w.waitingCount(rows.length)}</b>
        {rows.length > 1 && <span>{w.queueHint}</span>}
      </p>
      <ol className="plain">
        {rows.map((row, place) => (
          <Waiting
            key={row.turnId ?? row.clientId}
            row={row}
            why={why}
            onChange={onChange}
            onWithdraw={onWithdraw}
            onNow={running && place === 0 && row.state === 'queued' ? onNow : undefined}
          />
        ))}
      </ol>
    </section>
  );
}

type WaitingProps = Pick<QueueProps, 'why' | 'onChange' | 'onWithdraw'> & {
  row: UserRow;
  onNow: (() => void) | undefined;
};

function Waiting({ row, why, onChange, onWithdraw, onNow }: WaitingProps) {
  const w = t.chatList;
  const [editing, setEditing] = useState(false);
  if (editing)
    return (
      <li className="queue-row">
        <Edit
          text={row.text}
          mayBeEmpty={row.attachments.length > 0}
          onSave={(text) => onChange(row, text)}
          onEnd={() => setEditing(false)}
        />
      </li>
    );
  const queued = row.state === 'queued';
  return (
    <li className="queue-row">
      <span className="queue-text">{row.text}</span>
      {row.attachments.length > 0 && (
        <span className="queue-files" title={row.attachments.map((file) => file.name).join(', ')}>
          <IconPaperclip size={14} aria-hidden />
          {row.attachments.length}
        </span>
      )}
      {!queued && <span className="queue-state">{row.state === 'waiting' ? w.waiting : w.sending}</span>}
      <span className="queue-actions">
        {onNow && (
          <ActionIcon
            variant="subtle"
            color="gray"
            {...tip(w.answerNow)}
            data-tip={w.answerNowHint}
            onClick={onNow}
            {...disabledBecause(why)}
          >
            <IconPlayerSkipForward size={16} stroke={1.7} aria-hidden />
          </ActionIcon>
        )}
        {queued && (
          <ActionIcon
            variant="subtle"
            color="gray"
            {...tip(w.editWaiting)}
            onClick={() => setEditing(true)}
            {...disabledBecause(why)}
          >
            <IconPencil size={16} stroke={1.7} aria-hidden />
          </ActionIcon>
        )}
        {row.state !== 'sending' && (
          <ActionIcon
            variant="subtle"
            color="gray"
            {...tip(w.withdraw)}
            loading={row.stopping}
            onClick={() => onWithdraw(row)}
            {...disabledBecause(why)}
          >
            <IconArrowBackUp size={16} stroke={1.7} aria-hidden />
          </ActionIcon>
        )}
      </span>
    </li>
  );
}

interface EditProps {
  text: string;
  mayBeEmpty: boolean;
  onSave: (text: string) => Promise<void>;
  onEnd: () => void;
}

function Edit({ text, mayBeEmpty, onSave, onEnd }: EditProps) {
  const w = t.chatList;
  const [now, setNow] = useState(text);
  const [busy, setBusy] = useState(false);
  const clean = now.trim();
  const save = async () => {
    if (busy || (!clean && !mayBeEmpty)) return;
    setBusy(true);
    if (clean !== text) await onSave(clean);
    onEnd();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      onEnd();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void save();
    }
  };
  return (
    <div className="queue-edit">
      <Textarea
        autosize
        maxRows={8}
        autoFocus
        aria-label={w.editWaiting}
        value={now}
        onChange={(event) => setNow(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <div className="queue-buttons">
        <Button size="compact-sm" variant="default" onClick={onEnd}>
          {t.common.cancel}
        </Button>
        <Button size="compact-sm" loading={busy} disabled={!clean && !mayBeEmpty} onClick={() => void save()}>
          {w.save}
        </Button>
      </div>
    </div>
  );
}
