/** What the model thought before it spoke: folded, with the time it took. */
import { IconBulb, IconChevronRight } from '@tabler/icons-react';
import { t } from '@/i18n';
import { milliseconds } from '@/i18n/format';
import { Markdown } from '@/ui/markdown/Markdown';
import { useNow } from '@/ui/useNow';
import type { ThoughtStep } from './steps';

export function Thought({ step, growing }: { step: ThoughtStep; growing: boolean }) {
  const now = growing && step.endedAt === null;
  return (
    <details className="thought">
      <summary>
        <IconBulb size={16} stroke={1.7} aria-hidden className={now ? 'pulse' : undefined} />
        <span>{now ? t.thread.thinkingNow : took(step)}</span>
        {now && step.startedAt && <Ticking since={step.startedAt} />}
        <IconChevronRight size={15} aria-hidden className="fold-mark" />
      </summary>
      <div className="thought-text">
        <Markdown text={step.text} growing={now} />
      </div>
    </details>
  );
}

function took({ startedAt, endedAt }: ThoughtStep): string {
  if (!startedAt || !endedAt) return t.thread.thoughts;
  const time = new Date(endedAt).getTime() - new Date(startedAt).getTime();
  return time >= 100 ? t.thread.thoughtFor(milliseconds(time)) : t.thread.thoughts;
}

/** The gateway's clock may differ from this one: time is counted from when it was first seen here at the latest. */
export function Ticking({ since }: { since: string }) {
  const now = useNow(1_000);
  const time = Math.max(0, now - new Date(since).getTime());
  if (time < 1_000 || time > 86_400_000) return null;
  return <span className="num thought-time">{milliseconds(Math.floor(time / 1_000) * 1_000)}</span>;
}
