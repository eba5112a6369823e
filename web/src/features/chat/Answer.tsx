/** One answer: what it thought, what it said, how it ended and what it took. */
import { Button, Text } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { memo } from 'react';
import { t } from '@/i18n';
import { absoluteTime, clockTime, count, dollars, milliseconds, shortCount } from '@/i18n/format';
import { CopyButton } from '@/ui/CopyButton';
import { Markdown } from './Markdown';
import { sameRow } from './sameRow';
import type { AnswerRow } from './thread.logic';
import { isFinal } from './turn.logic';

export interface AnswerProps {
  row: AnswerRow;
  onRetry: (question: string) => void;
}

export const Answer = memo(
  function Answer({ row, onRetry }: AnswerProps) {
    const growing = !isFinal(row.state);
    return (
      <article className="msg" data-role="agent" aria-label={t.chat.agent} aria-busy={growing}>
        {row.notices.map((notice, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: notices are only ever added at the end
          <p key={place} className="notice">
            <IconInfoCircle size={16} aria-hidden />
            {notice}
          </p>
        ))}
        {row.thinking && <Thinking text={row.thinking} now={growing && !row.text} />}
        {row.text && <Markdown text={row.text} growing={growing} />}
        {growing && !row.text && (
          <span className="dots" role="img" aria-label={t.chat.running}>
            <span />
            <span />
            <span />
          </span>
        )}
        {row.state === 'waiting_approval' && <Note>{t.chat.waitingApproval}</Note>}
        {row.state === 'cancelled' && <Note>{t.chat.stopped}</Note>}
        {row.state === 'interrupted' && !row.errorText && <Note>{t.chat.interrupted}</Note>}
        {(row.state === 'failed' || row.errorText) && <Failure row={row} onRetry={onRetry} />}
        {!growing && <Footer row={row} />}
      </article>
    );
  },
  sameRow<AnswerProps>,
);

const Note = ({ children }: { children: string }) => (
  <Text c="dimmed" fz="sm" mt={4}>
    {children}
  </Text>
);

function Thinking({ text, now }: { text: string; now: boolean }) {
  return (
    <details className="thinking">
      <summary>{now ? t.chat.thinkingNow : t.chat.thoughts}</summary>
      <div className="thinking-text">{text}</div>
    </details>
  );
}

function Failure({ row, onRetry }: AnswerProps) {
  const { question } = row;
  return (
    <div className="failure" role="note">
      <IconAlertTriangle size={18} aria-hidden />
      <div className="failure-words">
        <div>{row.errorText ?? t.chat.failed}</div>
        {row.errorCode && <div className="failure-code">{row.errorCode}</div>}
      </div>
      {question !== null && (
        <Button size="compact-sm" variant="default" onClick={() => onRetry(question)}>
          {t.common.retry}
        </Button>
      )}
    </div>
  );
}

function Footer({ row }: { row: AnswerRow }) {
  const { inputTokens, outputTokens } = row;
  const tokens = inputTokens !== null && outputTokens !== null && inputTokens + outputTokens > 0;
  return (
    <div className="msg-foot num">
      {row.text && <CopyButton value={row.text} label={t.chat.copyMessage} />}
      {row.model && <span className="mono">{row.model}</span>}
      {tokens && (
        <span title={`${t.chat.tokensHint}: ${count(inputTokens)} → ${count(outputTokens)}`}>
          {t.chat.tokens(shortCount(inputTokens), shortCount(outputTokens))}
        </span>
      )}
      {row.costUsd !== null && <span>{dollars(row.costUsd)}</span>}
      {row.durationMs !== null && <span>{milliseconds(row.durationMs)}</span>}
      {row.at && (
        <time dateTime={row.at} title={absoluteTime(row.at)}>
          {clockTime(row.at)}
        </time>
      )}
    </div>
  );
}
