/** The permissions that hold for longer than once: each can be taken back. */
import { Button } from '@mantine/core';
import { IconShieldLock } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { $api, api, take } from '@/api/client';
import type { ToolRule } from '@/api/types';
import { useWhyNot } from '@/app/can';
import { plain } from '@/forms/approval/diff.logic';
import { t } from '@/i18n';
import { ConfirmDanger } from '@/ui/ConfirmDanger';
import { disabledBecause } from '@/ui/disabledBecause';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { failureOf } from '@/ui/failure';
import { RelativeTime } from '@/ui/RelativeTime';
import { toast } from '@/ui/toast';
import { Loading } from './Inbox';

export function Rules() {
  const list = $api.useQuery('get', '/api/approvals/rules', {}, { refetchOnMount: 'always' });
  const [asked, setAsked] = useState<ToolRule>();
  const whyNot = useWhyNot('chat');
  if (list.isPending) return <Loading />;
  if (list.isError && !list.data)
    return <ErrorState title={t.approvals.failed} error={list.error} onRetry={() => void list.refetch()} />;
  const rules = list.data?.rules ?? [];
  if (rules.length === 0)
    return (
      <EmptyState
        icon={IconShieldLock}
        title={t.approvals.rulesEmptyTitle}
        body={t.approvals.rulesEmptyBody}
      />
    );
  return (
    <>
      <p className="rules-sub">{t.approvals.rulesSub}</p>
      <ul className="rules card" aria-label={t.approvals.rules}>
        {rules.map((rule) => (
          <li key={rule.id} className="rule">
            <div className="rule-words">
              <p className="rule-covers">{t.approvals.allows(plain(rule.covers))}</p>
              <p className="rule-more">
                <span className="mono">{rule.tool}</span>
                <Where rule={rule} />
                <span>
                  <RelativeTime at={rule.created_at} /> {t.approvals.madeBy(rule.created_by)}
                </span>
              </p>
            </div>
            <Button
              variant="default"
              aria-label={t.approvals.revokeLabel(rule.covers)}
              onClick={() => setAsked(rule)}
              {...disabledBecause(whyNot)}
            >
              {t.approvals.revoke}
            </Button>
          </li>
        ))}
      </ul>
      {asked && <Revoke rule={asked} onClose={() => setAsked(undefined)} />}
    </>
  );
}

function Where({ rule }: { rule: ToolRule }) {
  if (!rule.session_id) return <span>{t.approvals.everywhere}</span>;
  return (
    <Link to="/chat/$session" params={{ session: rule.session_id }} search={{}}>
      {t.approvals.onlyIn(rule.session_title || t.approvals.untitled)}
    </Link>
  );
}

function Revoke({ rule, onClose }: { rule: ToolRule; onClose: () => void }) {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => take(api.DELETE('/api/approvals/rules/{id}', { params: { path: { id: rule.id } } })),
    meta: { saidInPlace: true },
    onSuccess: () => {
      toast.done(t.approvals.revoked);
      onClose();
    },
    // It may be gone already, by another device.
    onSettled: () => client.invalidateQueries({ queryKey: ['get', '/api/approvals/rules'] }),
  });
  return (
    <ConfirmDanger
      title={t.approvals.revokeTitle}
      confirm={t.approvals.revoke}
      busy={revoke.isPending}
      error={revoke.error ? failureOf(revoke.error).message : undefined}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      {t.approvals.revokeBody(rule.covers)}
    </ConfirmDanger>
  );
}
