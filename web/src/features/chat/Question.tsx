/** One message of the user's, and how far it has come. */
import { ActionIcon, Badge, Button, Group } from '@mantine/core';
import { IconAlertTriangle, IconClock, IconPencil } from '@tabler/icons-react';
import { memo, useState } from 'react';
import { t } from '@/i18n';
import { absoluteTime, clockTime } from '@/i18n/format';
import { CopyButton } from '@/ui/CopyButton';
import { disabledBecause } from '@/ui/disabledBecause';
import { tip } from '@/ui/Tips';
import { EditMessage } from './EditMessage';
import { Files } from './Files';
import { sameRow } from './sameRow';
import { useLocked, useThreadActions } from './ThreadActions';
import type { UserRow } from './thread.logic';

/** Longer messages are cut until they are asked for. */
const LONG = 2_400;
const LONG_LINES = 30;

export interface QuestionProps {
  row: UserRow;
}

export const Question = memo(
  function Question({ row }: QuestionProps) {
    const { edit } = useThreadActions();
    const [editing, setEditing] = useState(false);
    const { turnId } = row;
    return (
      <article
        className="msg"
        data-role="user"
        data-state={row.state}
        data-turn={turnId ?? undefined}
        aria-label={t.thread.you}
        tabIndex={-1}
      >
        <Files files={row.attachments} />
        {editing && turnId ? (
          <EditMessage
            text={row.text}
            onCancel={() => setEditing(false)}
            onSend={(text) => {
              setEditing(false);
              edit(turnId, text);
            }}
          />
        ) : (
          row.text && <Bubble row={row} />
        )}
        {row.state !== 'taken' ? (
          <Standing row={row} />
        ) : (
          !editing && <Foot row={row} onEdit={() => setEditing(true)} />
        )}
      </article>
    );
  },
  sameRow<QuestionProps>,
);

function Bubble({ row }: { row: UserRow }) {
  const [whole, setWhole] = useState(false);
  const long = row.text.length > LONG || row.text.split('\n', LONG_LINES + 1).length > LONG_LINES;
  return (
    <div className="bubble" data-cut={(long && !whole) || undefined}>
      <div className="bubble-text">{row.text}</div>
      {long && (
        <Button size="compact-xs" variant="subtle" mt={4} onClick={() => setWhole(!whole)}>
          {whole ? t.thread.showLess : t.thread.showMore}
        </Button>
      )}
    </div>
  );
}

function Foot({ row, onEdit }: { row: UserRow; onEdit: () => void }) {
  const locked = useLocked();
  const origin = row.origin && t.thread.from[row.origin];
  return (
    <div className="msg-foot num" data-side="user">
      {origin && (
        <Badge data-stays variant="light" color="gray" tt="none" title={t.thread.fromHint(origin)}>
          {origin}
        </Badge>
      )}
      <span className="msg-actions" role="group" aria-label={t.thread.actions}>
        {row.text && <CopyButton value={row.text} label={t.thread.copyQuestion} />}
        {row.settled && row.turnId && (
          <ActionIcon
            variant="subtle"
            color="gray"
            {...tip(t.thread.edit)}
            onClick={onEdit}
            {...disabledBecause(locked)}
          >
            <IconPencil size={15} aria-hidden />
          </ActionIcon>
        )}
      </span>
      {row.at && (
        <time dateTime={row.at} title={absoluteTime(row.at)}>
          {clockTime(row.at)}
        </time>
      )}
    </div>
  );
}

function Standing({ row }: { row: UserRow }) {
  const { withdraw, sendAgain } = useThreadActions();
  const { clientId } = row;
  if (row.state === 'refused')
    return (
      <div className="standing" data-tone="bad" role="alert">
        <IconAlertTriangle size={15} aria-hidden />
        <span>
          {t.thread.refused}: {row.errorText}{' '}
          {row.errorCode && <span className="failure-code">{row.errorCode}</span>}
        </span>
        <Group gap={4}>
          {clientId && (
            <Button size="compact-xs" variant="default" onClick={() => sendAgain(clientId)}>
              {t.thread.retry}
            </Button>
          )}
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => withdraw(row)}>
            {t.thread.toField}
          </Button>
        </Group>
      </div>
    );
  const words = { queued: t.thread.queued, waiting: t.thread.waiting, sending: t.thread.sending, taken: '' };
  return (
    <div className="standing">
      <IconClock size={15} aria-hidden />
      <span>{words[row.state]}</span>
      {row.state !== 'sending' && (
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          loading={row.stopping}
          onClick={() => withdraw(row)}
        >
          {t.thread.withdraw}
        </Button>
      )}
    </div>
  );
}
