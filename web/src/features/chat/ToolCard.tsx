/** One use of a tool: a line that says what was done and how it went, and behind it the whole of it. */
import { Button, Loader } from '@mantine/core';
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
import { memo, useState } from 'react';
import { t } from '@/i18n';
import { count, milliseconds } from '@/i18n/format';
import { CodeBlock } from './CodeBlock';
import type { ToolStep } from './steps';
import { Ticking } from './Thought';
import { hasArguments, pretty, readOutput, summaryOf } from './tools.logic';

const CAP = 4_000;

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
  const waits = asked && step.state === 'running';
  const Icon = iconOf(step.name);
  const output = step.output === null ? null : readOutput(step.output);
  return (
    <details className="tool" data-state={step.state} open={step.state === 'failed' || undefined}>
      <summary aria-label={`${t.thread.tool(step.name)}, ${waits ? t.approvals.waits : WORDS()[step.state]}`}>
        <Icon size={17} stroke={1.7} aria-hidden />
        <span className="tool-name">{step.name}</span>
        <span className="tool-line">{summaryOf(step.args)}</span>
        <span className="tool-state num">
          {output?.exitCode != null && output.exitCode !== 0 && t.thread.exitCode(output.exitCode)}
          {waits && t.approvals.waits}
          {!waits && step.state === 'running' && step.startedAt && <Ticking since={step.startedAt} />}
          {step.durationMs !== null && milliseconds(step.durationMs)}
          <Mark state={waits ? 'unfinished' : step.state} />
        </span>
        <IconChevronRight size={15} aria-hidden className="fold-mark" />
      </summary>
      <div className="tool-body">
        <Part title={t.thread.arguments} none={t.thread.noArguments}>
          {hasArguments(step.args) ? { text: pretty(step.args), language: 'json' } : null}
        </Part>
        {output && (
          <Part title={t.thread.output} none={t.thread.noOutput}>
            {output.text.trim() ? output : null}
          </Part>
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
