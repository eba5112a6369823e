/** All that is known of a step. */
import { IconShieldCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Usage } from '@/api/types';
import { t } from '@/i18n';
import { absoluteTime, count, milliseconds } from '@/i18n/format';
import { StatusDot } from '@/ui/StatusDot';
import { KindIcon } from './KindIcon';
import { LinkButton } from './LinkButton';
import type { Row } from './waterfall.logic';
import { costWords, spanName, statusTone } from './words';

interface StepDetailsProps {
  row: Row;
  rows: readonly Row[];
  ended: boolean;
}

export function StepDetails({ row, rows, ended }: StepDetailsProps) {
  const { span } = row;
  const words = t.traces.detail;
  const parent = rows.find((other) => other.span.id === row.parent);
  // A call's wait, and the request that it waited for, stand in the row below it.
  const request = span.request_id;
  const waited = row.waits.reduce((sum, { from, to }) => sum + to - from, 0);
  const first = row.firstToken === undefined ? undefined : row.firstToken - row.from;
  return (
    <div className="step-details">
      <div className="step-head">
        <KindIcon kind={span.kind} size={18} />
        <h2 className="panel-title">{spanName(span)}</h2>
      </div>
      {span.summary && <p className="step-summary">{span.summary}</p>}
      <dl className="facts">
        {span.name && <Fact name={words.kind}>{t.traces.kinds[span.kind]}</Fact>}
        {span.kind !== 'approval' && (
          <Fact name={words.status}>
            <StatusDot tone={statusTone(span.status)}>{t.traces.status[span.status]}</StatusDot>
          </Fact>
        )}
        {span.kind === 'approval' && (
          <Fact name={words.decision}>
            <StatusDot tone={statusTone(span.status)}>{t.traces.decisions[span.status]}</StatusDot>
          </Fact>
        )}
        {span.by && <Fact name={words.by}>{span.by}</Fact>}
        {parent && <Fact name={words.part}>{spanName(parent.span)}</Fact>}
        <Fact name={words.began} title={absoluteTime(span.started_at)}>
          {milliseconds(row.from)}
        </Fact>
        <Fact name={words.took}>{milliseconds(row.to - row.from)}</Fact>
        {span.worked_ms != null && <Fact name={words.worked}>{milliseconds(span.worked_ms)}</Fact>}
        {waited > 0 && <Fact name={words.waited}>{milliseconds(waited)}</Fact>}
        {span.provider && <Fact name={words.provider}>{span.provider}</Fact>}
        {first !== undefined && <Fact name={words.firstToken}>{milliseconds(first)}</Fact>}
        {span.usage && (
          <Tokens
            usage={span.usage}
            answeredMs={row.to - (row.firstToken ?? row.from)}
            row={row}
            ended={ended}
          />
        )}
      </dl>
      {request && (
        <LinkButton
          to="/approvals"
          search={span.status === 'running' ? { request } : { tab: 'history', request }}
          variant="default"
          size="sm"
          leftSection={<IconShieldCheck size={16} aria-hidden />}
        >
          {span.status === 'running' ? t.traces.decideNow : t.traces.openApproval}
        </LinkButton>
      )}
    </div>
  );
}

const Fact = ({ name, title, children }: { name: string; title?: string; children: ReactNode }) => (
  <>
    <dt>{name}</dt>
    <dd className="num" title={title}>
      {children}
    </dd>
  </>
);

interface TokensProps {
  usage: Usage;
  /** From the first token to the last. */
  answeredMs: number;
  row: Row;
  ended: boolean;
}

/** Too short a time tells nothing of a speed. */
const LEAST_MS = 100;

function Tokens({ usage, answeredMs, row, ended }: TokensProps) {
  const words = t.traces.detail;
  const { span } = row;
  const over = span.ended_at != null;
  const speed = over && answeredMs >= LEAST_MS ? (usage.output_tokens * 1_000) / answeredMs : 0;
  return (
    <>
      <Fact name={words.input}>{count(usage.input_tokens)}</Fact>
      {usage.cached_tokens > 0 && <Fact name={words.cached}>{count(usage.cached_tokens)}</Fact>}
      <Fact name={words.output}>{count(usage.output_tokens)}</Fact>
      {usage.reasoning_tokens > 0 && <Fact name={words.reasoning}>{count(usage.reasoning_tokens)}</Fact>}
      {speed >= 1 && <Fact name={words.speed}>{t.traces.perSecond(count(Math.round(speed)))}</Fact>}
      <Fact name={words.cost}>{costWords({ usage, cost_usd: span.cost_usd }, over || ended)}</Fact>
    </>
  );
}
