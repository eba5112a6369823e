/** The agent asks whether it may use a tool: exactly what it would do, how dangerous that is, and the decision. */
import { Badge, Button, Group } from '@mantine/core';
import { IconShieldCheck, IconShieldQuestion, IconShieldX } from '@tabler/icons-react';
import { useState } from 'react';
import type { Decision } from '@/api/frames';
import { t } from '@/i18n';
import { countdown } from '@/i18n/format';
import { useNow } from '@/ui/useNow';
import { CodeBlock } from './CodeBlock';
import type { ApprovalStep } from './steps';
import { useThreadActions } from './ThreadActions';
import { hasArguments, pretty } from './tools.logic';

export function ApprovalCard({ step, turnId, open }: { step: ApprovalStep; turnId: string; open: boolean }) {
  const pending = open && step.decision === null;
  const denied = step.decision !== null && !/^(approve|always)/.test(step.decision);
  const Icon = pending ? IconShieldQuestion : denied ? IconShieldX : IconShieldCheck;
  return (
    <section
      className="approval"
      data-pending={pending || undefined}
      aria-label={t.thread.approvalTitle(step.tool)}
    >
      <div className="approval-head">
        <Icon size={20} stroke={1.7} aria-hidden />
        <strong>{t.thread.approvalTitle(step.tool)}</strong>
        <Badge variant="light" color={/high|critical/.test(step.risk) ? 'red' : 'gray'} tt="none">
          {t.thread.risk[step.risk] ?? step.risk}
        </Badge>
      </div>
      {step.summary && <p className="approval-summary">{step.summary}</p>}
      {pending && hasArguments(step.args) && <CodeBlock code={pretty(step.args)} language="json" done />}
      {pending ? <Choice step={step} turnId={turnId} /> : <p className="approval-outcome">{outcome(step)}</p>}
    </section>
  );
}

function outcome({ decision, by }: ApprovalStep): string {
  if (decision === null) return t.thread.expired;
  const words = t.thread.decided[decision] ?? decision;
  return by ? t.thread.decidedBy(words, by) : words;
}

function Choice({ step, turnId }: { step: ApprovalStep; turnId: string }) {
  const { decide } = useThreadActions();
  const [sent, setSent] = useState<Decision | null>(null);
  const now = useNow(1_000);
  const left = (new Date(step.expiresAt).getTime() - now) / 1_000;
  const choose = (decision: Decision) => {
    setSent(decision);
    decide(turnId, step.requestId, decision);
    // Without a word from the gateway it can be tried again.
    setTimeout(() => setSent(null), 5_000);
  };
  const common = { size: 'compact-md', disabled: sent !== null } as const;
  return (
    <Group gap="xs" mt="xs">
      <Button {...common} loading={sent === 'approve'} onClick={() => choose('approve')}>
        {t.thread.approve}
      </Button>
      <Button {...common} variant="default" loading={sent === 'always'} onClick={() => choose('always')}>
        {t.thread.always}
      </Button>
      <Button {...common} variant="default" loading={sent === 'deny'} onClick={() => choose('deny')}>
        {t.thread.deny}
      </Button>
      <span className="approval-time num">
        {left > 0 ? t.thread.expires(countdown(left)) : t.thread.expired}
      </span>
    </Group>
  );
}
