/** The answers that a request can be given: once, from now on, no; or the words that a question wants. */
import './approval.css';
import { Button, Textarea } from '@mantine/core';
import { IconCheck, IconChevronDown, IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { type ActionPreview, type ApprovalAnswer, decide, type Outcome } from '@/api/approvals';
import { useWhyNot } from '@/app/can';
import { t } from '@/i18n';
import { ActionMenu } from '@/ui/ActionMenu';
import { disabledBecause } from '@/ui/disabledBecause';
import { toast } from '@/ui/toast';
import { useIsOver } from './TimeLeft';

export interface Waiting {
  turn_id: string;
  request_id: string;
  action: ActionPreview;
  always?: string;
  expires_at: string;
}

export interface DecideProps {
  request: Waiting;
  onDecided: (outcome: Outcome) => void;
}

const MOST_REASON = 2_000;
const MOST_ANSWER = 20_000;

export function Decide({ request, onDecided }: DecideProps) {
  const client = useQueryClient();
  const answer = useMutation({
    mutationFn: (body: ApprovalAnswer) => decide(request.turn_id, request.request_id, body),
    meta: { saidInPlace: true },
    onSuccess: (outcome) => {
      onDecided(outcome);
      void client.invalidateQueries({ queryKey: ['get', '/api/approvals'] });
      void client.invalidateQueries({ queryKey: ['get', '/api/approvals/rules'] });
    },
    onError: (error) => toast.failed(error, t.thread.decideFailed),
  });
  const missing = useWhyNot('chat');
  const over = useIsOver(request.expires_at);
  const common = {
    whyNot: missing ?? (over ? t.thread.expired : undefined),
    busy: answer.isPending || answer.isSuccess,
    sent: answer.isPending ? answer.variables : undefined,
    onAnswer: (body: ApprovalAnswer) => answer.mutate(body),
  };
  return request.action.kind === 'question' ? (
    <Reply {...common} options={request.action.options} />
  ) : (
    <Choice {...common} always={request.always} />
  );
}

interface ChoiceProps {
  whyNot: string | undefined;
  busy: boolean;
  sent: ApprovalAnswer | undefined;
  onAnswer: (body: ApprovalAnswer) => void;
}

function Choice({ always, whyNot, busy, sent, onAnswer }: ChoiceProps & { always: string | undefined }) {
  const [explaining, setExplaining] = useState(false);
  if (explaining)
    return (
      <Words
        label={t.approvals.reasonLabel}
        hint={t.approvals.reasonHint}
        most={MOST_REASON}
        send={t.approvals.denyWithReason}
        busy={busy}
        whyNot={whyNot}
        onCancel={() => setExplaining(false)}
        onSend={(reason) => onAnswer({ decision: 'deny', ...(reason ? { reason } : {}) })}
      />
    );
  const refuse = disabledBecause(whyNot);
  const forSession = sent?.scope === 'session' || sent?.decision === 'always';
  return (
    <div className="decide" role="group" aria-label={t.approvals.decision}>
      <Button
        className="decide-yes"
        leftSection={<IconCheck size={17} aria-hidden />}
        disabled={busy}
        loading={sent?.decision === 'approve' && !sent.scope}
        onClick={() => onAnswer({ decision: 'approve' })}
        {...refuse}
      >
        {t.thread.approve}
      </Button>
      {always && (
        <ActionMenu
          label={t.approvals.alwaysMenu(always)}
          align="start"
          entries={() => [
            { heading: t.approvals.alwaysMenu(always) },
            {
              label: t.approvals.forSession,
              onSelect: () => onAnswer({ decision: 'approve', scope: 'session' }),
            },
            { label: t.approvals.forGood, onSelect: () => onAnswer({ decision: 'always' }) },
          ]}
          trigger={({ className: _, ...props }) => (
            <Button
              variant="default"
              rightSection={<IconChevronDown size={15} aria-hidden />}
              disabled={busy}
              loading={forSession}
              {...props}
              {...refuse}
            >
              {t.approvals.always}
            </Button>
          )}
        />
      )}
      <Button
        variant="default"
        leftSection={<IconX size={17} aria-hidden />}
        disabled={busy}
        loading={sent?.decision === 'deny'}
        onClick={() => onAnswer({ decision: 'deny' })}
        {...refuse}
      >
        {t.thread.deny}
      </Button>
      <Button
        variant="subtle"
        color="gray"
        className="decide-why"
        disabled={busy}
        onClick={() => setExplaining(true)}
        {...refuse}
      >
        {t.approvals.denyWhy}
      </Button>
    </div>
  );
}

/** An answer to a question: one of those offered, or any. */
function Reply({ options, whyNot, busy, onAnswer }: ChoiceProps & { options: readonly string[] }) {
  const [writing, setWriting] = useState(options.length === 0);
  const refuse = disabledBecause(whyNot);
  const give = (answer: string) => onAnswer({ decision: 'approve', answer });
  const none = (
    <Button
      variant="subtle"
      color="gray"
      disabled={busy}
      onClick={() => onAnswer({ decision: 'deny' })}
      {...refuse}
    >
      {t.approvals.noAnswer}
    </Button>
  );
  if (writing)
    return (
      <Words
        label={t.approvals.answerLabel}
        most={MOST_ANSWER}
        needed
        send={t.approvals.answer}
        busy={busy}
        whyNot={whyNot}
        onCancel={options.length > 0 ? () => setWriting(false) : undefined}
        onSend={give}
        other={none}
      />
    );
  return (
    <div className="decide" role="group" aria-label={t.approvals.answers}>
      {options.map((option) => (
        <Button
          key={option}
          variant="default"
          className="decide-option"
          disabled={busy}
          onClick={() => give(option)}
          {...refuse}
        >
          {option}
        </Button>
      ))}
      <Button variant="subtle" color="gray" disabled={busy} onClick={() => setWriting(true)} {...refuse}>
        {t.approvals.otherAnswer}
      </Button>
      {none}
    </div>
  );
}

interface WordsProps {
  label: string;
  hint?: string;
  most: number;
  needed?: boolean;
  send: string;
  busy: boolean;
  whyNot: string | undefined;
  onSend: (words: string) => void;
  onCancel?: () => void;
  other?: ReactNode;
}

function Words({ label, hint, most, needed, send, busy, whyNot, onSend, onCancel, other }: WordsProps) {
  const [words, setWords] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  // Asked for by a button that is gone now: the field takes the focus over.
  const askedFor = useRef(onCancel !== undefined);
  useEffect(() => {
    if (askedFor.current) field.current?.focus();
  }, []);
  const empty = needed && !words.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!empty && !busy && whyNot === undefined) onSend(words.trim());
  };
  return (
    <form className="decide-words" onSubmit={submit}>
      <Textarea
        label={label}
        description={hint}
        value={words}
        maxLength={most}
        rows={3}
        ref={field}
        onChange={(event) => setWords(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onCancel?.();
          else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
        }}
      />
      <div className="decide">
        <Button type="submit" disabled={busy || empty} loading={busy} {...disabledBecause(whyNot)}>
          {send}
        </Button>
        {onCancel && (
          <Button variant="default" disabled={busy} onClick={onCancel}>
            {t.approvals.back}
          </Button>
        )}
        {other}
      </div>
    </form>
  );
}
