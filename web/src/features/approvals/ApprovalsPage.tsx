/** What waits for its owner's decision, what was decided, and the decisions that hold from now on. */
import './approvals.css';
import { Link, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { usePending } from '@/api/approvals';
import { ReadOnlyNote } from '@/app/ReadOnlyNote';
import { t } from '@/i18n';
import { count } from '@/i18n/format';
import { PageHeader } from '@/ui/PageHeader';
import { History } from './History';
import { Inbox } from './Inbox';
import { Log } from './Log';
import { Notices } from './Notices';
import { Rules } from './Rules';
import type { Tab, View } from './view.logic';

export default function ApprovalsPage() {
  const view: View = useSearch({ from: '/approvals' });
  const tab: Tab = view.tab ?? 'pending';
  const { request } = view;
  return (
    <div className="page" data-width="narrow">
      <PageHeader title={t.approvals.title} sub={t.approvals.sub} />
      <ReadOnlyNote scope="chat" />
      <Tabs tab={tab} />
      {tab === 'pending' && (
        <>
          <Inbox request={request} />
          <Notices />
        </>
      )}
      {tab === 'history' && <History open={request} />}
      {tab === 'rules' && <Rules />}
      {tab === 'log' && <Log kind={view.kind} />}
    </div>
  );
}

function Tabs({ tab }: { tab: Tab }) {
  const waiting = usePending().data?.approvals.length ?? 0;
  const one = (to: Tab, words: ReactNode) => (
    <Link
      to="/approvals"
      search={to === 'pending' ? {} : { tab: to }}
      className="page-tab"
      // Left to itself, the tab without anything in its address would be the current one on all of them.
      activeOptions={{ exact: true, includeSearch: true }}
      aria-current={tab === to ? 'page' : undefined}
      resetScroll={false}
    >
      {words}
    </Link>
  );
  return (
    <nav className="page-tabs" aria-label={t.approvals.tabs}>
      {one(
        'pending',
        <>
          {t.approvals.pending}
          {waiting > 0 && <span className="approvals-count num">{count(waiting)}</span>}
        </>,
      )}
      {one('history', t.approvals.history)}
      {one('rules', t.approvals.rules)}
      {one('log', t.approvals.log)}
    </nav>
  );
}
