/** One use of a tool: a line that says what was done and how it went, and behind it the whole of it. */
import { Button, Loader, Skeleton } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCheck,
  IconChevronRight,
  IconCircleDashed,
  IconFile,
  IconSearch,
  IconTerminal2,
  IconTool,
  IconWorld,
} from '@tabler/icons-react';
import { lazy, memo, Suspense, useState } from 'react';
import { t } from '@/i18n';
import { count, milliseconds } from '@/i18n/format';
import { CodeBlock } from '@/ui/markdown/CodeBlock';
import type { ToolStep } from './steps';
import { Ticking } from './Thought';
import { changeOf, hasArguments, pretty, readOutput, summaryOf } from './tools.logic';

const CAP = 4_000;
/** A change of more lines than this is looked at when it is asked for. */
const SMALL = 12;

const Preview = lazy(async () => ({ default: (await import('@/forms/approval/Preview')).Preview }));

const iconOf = (name: string) => {
  if (/shell|exec|command|bash|process/.test(name)) return IconTerminal2;
  if (/search|find|grep|recall/.test(name)) return IconSearch;
  if (/web|http|fetch|url|browse/.test(name)) return IconWorld;
  return /file|read|write|edit|workspace/.test(name) ? IconFile : IconTool;
};

const WORDS = () => ({
  running: t.thread.toolRunning,
  done: t.thread.toolDone,
  failed: t.thread.toolFailed,
  unfinished: t.thread.toolUnfinished,
});

interface ToolCardProps {
  step: ToolStep;
  /** Its owner has to agree first. */
  waits: boolean;
}

export const ToolCard = memo(function ToolCard({ step, waits: asked }: ToolCardProps) {
  const [chosen, setChosen] = useState<boolean>();
  const waits = asked && step.state === 'running';
  const Icon = iconOf(step.name);
  const said = step.output ?? step.live;
  const output = said === null ? null : readOutput(said);
  const change = step.state === 'done' ? changeOf(step.details) : null;
  const telling =
    step.state === 'failed' || step.live !== null || (change && change.added + change.removed <= SMALL);
  const open = chosen ?? Boolean(telling);
  return (
    <details
      className="tool"
      data-state={step.state}
      open={open}
      onToggle={({ currentTarget }) => currentTarget.open !== open && setChosen(currentTarget.open)}
    >
      <summary aria-label={`${t.thread.tool(step.name)}, ${waits ? t.approvals.waits : WORDS()[step.state]}`}>
        <Icon size={17} stroke={1.7} aria-hidden />
        <span className="tool-name">{step.name}</span>
        <span className="tool-line">{summaryOf(step.args)}</span>
        <span className="tool-state num">
          {output?.exitCode != null && output.exitCode !== 0 && t.thread.exitCode(output.exitCode)}
          {waits && t.approvals.waits}
          {!waits && step.state === 'running' && step.startedAt && <Ticking since={step.startedAt} />}
          {change && <span>{`+${change.added} −${change.removed}`}</span>}
          {step.durationMs !== null && milliseconds(step.durationMs)}
          <Mark state={waits ? 'unfinished' : step.state} />
        </span>
        <IconChevronRight size={15} aria-hidden className="fold-mark" />
      </summary>
      <div className="tool-body">
        {change ? (
          <Suspense fallback={<Skeleton h={180} mt={12} radius={8} />}>
            <Preview action={{ kind: 'diff', path: change.path, diff: change.diff }} args={null} />
            <p className="tool-none">{output?.text}</p>
          </Suspense>
        ) : (
          <>
            <Part title={t.thread.arguments} none={t.thread.noArguments}>
              {hasArguments(step.args) ? { text: pretty(step.args), language: 'json' } : null}
            </Part>
            {output && (
              <Part title={t.thread.output} none={t.thread.noOutput}>
                {output.text.trim() ? output : null}
              </Part>
            )}
          </>
        )}
      </div>
    </details>
  );
});

function Mark({ state }: { state: ToolStep['state'] }) {
  if (state === 'running') return <Loader size={14} aria-hidden />;
  if (state === 'done') return <IconCheck size={16} aria-hidden className="good" />;
  if (state === 'failed') return <IconAlertTriangle size={16} aria-hidden className="bad" />;
  return <IconCircleDashed size={16} aria-hidden />;
}

/** Long output is cut until it is asked for: laying it out would hold up the page. */
function Part(props: { title: string; none: string; children: { text: string; language: string } | null }) {
  const [whole, setWhole] = useState(false);
  const { children: part } = props;
  if (!part) return <p className="tool-none">{props.none}</p>;
  const long = part.text.length > CAP;
  const text = long && !whole ? `${part.text.slice(0, CAP)}…` : part.text;
  return (
    <div className="tool-part">
      <div className="tool-title">{props.title}</div>
      <CodeBlock code={text} language={part.language} done />
      {long && (
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setWhole(!whole)}>
          {whole ? t.thread.showLess : t.thread.showAll(count(part.text.length))}
        </Button>
      )}
    </div>
  );
}
