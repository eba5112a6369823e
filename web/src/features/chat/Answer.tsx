/** One answer: what it thought, what it did and said, how it ended and what it took. */
import { Button, Skeleton, Text } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { lazy, memo, Suspense } from 'react';
import { t } from '@/i18n';
import { CopyButton } from '@/ui/CopyButton';
import { disabledBecause } from '@/ui/disabledBecause';
import { Markdown } from '@/ui/markdown/Markdown';
import { AnswerFoot } from './AnswerFoot';
import { Deferred } from './Deferred';
import { MemoriesUsed } from './MemoriesUsed';
import { sameRow } from './sameRow';
import { plainText, type Step } from './steps';
import { Thought } from './Thought';
import { useLocked, useThreadActions } from './ThreadActions';
import { ToolCard } from './ToolCard';
import type { AnswerRow } from './thread.logic';
import { isFinal } from './turn.logic';

const ApprovalCard = lazy(() => import('./ApprovalCard'));

export interface AnswerProps {
  row: AnswerRow;
  /** It is read at once; others wait until they come near the screen. */
  soon: boolean;
}

export const Answer = memo(
  function Answer({ row, soon }: AnswerProps) {
    const growing = !isFinal(row.state);
    const last = row.steps.at(-1);
    const silent = growing && (!last || (last.kind !== 'text' && last.kind !== 'thought' && !isOpen(last)));
    return (
      <article
        className="msg"
        data-role="agent"
        data-turn={row.turnId}
        aria-label={t.thread.agent}
        aria-busy={growing}
        tabIndex={-1}
      >
        <h2 className="unseen">{t.thread.agent}</h2>
        {row.notices.map((notice, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: notices are only ever added at the end
          <p key={place} className="notice">
            <IconInfoCircle size={16} aria-hidden />
            {notice}
          </p>
        ))}
        {row.memories.length > 0 && <MemoriesUsed memories={row.memories} />}
        <Deferred soon={soon || growing} words={() => plainText(row.steps)}>
          {row.steps.map((step, place) => (
            <OneStep
              // biome-ignore lint/suspicious/noArrayIndexKey: stored steps stand where the live ones stood
              key={`${step.kind}${place}`}
              step={step}
              next={row.steps[place + 1]}
              row={row}
              growing={growing && place === row.steps.length - 1}
            />
          ))}
        </Deferred>
        {silent && (
          <span className="dots" role="img" aria-label={t.thread.running}>
            <span />
            <span />
            <span />
          </span>
        )}
        {row.state === 'waiting_approval' && <Note>{t.thread.waitingApproval}</Note>}
        {row.state === 'cancelled' && <Note>{t.thread.stopped}</Note>}
        {row.state === 'interrupted' && !row.errorText && <Note>{t.thread.interrupted}</Note>}
        {(row.state === 'failed' || row.errorText) && <Failure row={row} />}
        {!growing && <AnswerFoot row={row} />}
      </article>
    );
  },
  sameRow<AnswerProps>,
);

/** A step that shows by itself that it goes on. */
const isOpen = (step: Step) =>
  (step.kind === 'tool' && step.state === 'running') || (step.kind === 'approval' && step.decision === null);

interface OneStepProps {
  step: Step;
  next: Step | undefined;
  row: AnswerRow;
  growing: boolean;
}

function OneStep({ step, next, row, growing }: OneStepProps) {
  switch (step.kind) {
    case 'text':
      return <Markdown text={step.text} growing={growing} />;
    case 'thought':
      return <Thought step={step} growing={growing} />;
    case 'tool':
      // What is asked follows the call that asks.
      return <ToolCard step={step} waits={next?.kind === 'approval' && isOpen(next)} />;
    case 'approval':
      return (
        <Suspense fallback={<Skeleton h={isFinal(row.state) ? 76 : 200} my={8} radius={12} />}>
          <ApprovalCard step={step} turnId={row.turnId} open={!isFinal(row.state)} />
        </Suspense>
      );
  }
}

const Note = ({ children }: { children: string }) => (
  <Text c="dimmed" fz="sm" mt={4}>
    {children}
  </Text>
);

function Failure({ row }: { row: AnswerRow }) {
  const { regenerate } = useThreadActions();
  const locked = useLocked();
  const { question } = row;
  return (
    <div className="failure" role="note">
      <IconAlertTriangle size={18} aria-hidden />
      <div className="failure-words">
        <div>{row.errorText ?? t.thread.failed}</div>
        <div className="failure-code">
          {row.errorCode && <span>{row.errorCode}</span>}
          <span className="failure-turn">
            {t.thread.reference} {row.turnId}
          </span>
          <CopyButton value={row.turnId} label={t.thread.copyReference} size={13} />
        </div>
      </div>
      {question !== null && (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => regenerate(row.turnId, question)}
          {...disabledBecause(locked)}
        >
          {t.thread.retry}
        </Button>
      )}
    </div>
  );
}
