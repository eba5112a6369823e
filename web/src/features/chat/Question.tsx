/** One message of the user's, and how far it has come. */
import { Button, Group } from '@mantine/core';
import { IconAlertTriangle, IconClock, IconPaperclip } from '@tabler/icons-react';
import { memo } from 'react';
import { t } from '@/i18n';
import { absoluteTime } from '@/i18n/format';
import { sameRow } from './sameRow';
import type { UserRow } from './thread.logic';

export interface QuestionProps {
  row: UserRow;
  onWithdraw: (row: UserRow) => void;
  onSendAgain: (clientId: string) => void;
}

export const Question = memo(
  function Question({ row, onWithdraw, onSendAgain }: QuestionProps) {
    return (
      <article className="msg" data-role="user" data-state={row.state} aria-label={t.chat.you}>
        <div className="bubble" title={row.at ? absoluteTime(row.at) : undefined}>
          {row.text}
        </div>
        {row.attachments.map(({ name }, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: files of one message may have one name
          <div key={place} className="attachment">
            <IconPaperclip size={14} aria-hidden />
            {t.chat.attachment(name)}
          </div>
        ))}
        {row.state !== 'taken' && <Standing row={row} onWithdraw={onWithdraw} onSendAgain={onSendAgain} />}
      </article>
    );
  },
  sameRow<QuestionProps>,
);

function Standing({ row, onWithdraw, onSendAgain }: QuestionProps) {
  const { clientId } = row;
  if (row.state === 'refused')
    return (
      <div className="standing" data-tone="bad" role="alert">
        <IconAlertTriangle size={15} aria-hidden />
        <span>
          {t.chat.refused}: {row.errorText}{' '}
          {row.errorCode && <span className="failure-code">{row.errorCode}</span>}
        </span>
        <Group gap={4}>
          {clientId && (
            <Button size="compact-xs" variant="default" onClick={() => onSendAgain(clientId)}>
              {t.common.retry}
            </Button>
          )}
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onWithdraw(row)}>
            {t.chat.edit}
          </Button>
        </Group>
      </div>
    );
  const words = { queued: t.chat.queued, waiting: t.chat.waiting, sending: t.chat.sending, taken: '' };
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
          onClick={() => onWithdraw(row)}
        >
          {t.chat.withdraw}
        </Button>
      )}
    </div>
  );
}
