/** How a tool's last calls went. */
import { IconHistory } from '@tabler/icons-react';
import type { Tool } from '@/api/types';
import { t } from '@/i18n';
import { count, milliseconds } from '@/i18n/format';
import { EmptyState } from '@/ui/EmptyState';
import { Note } from '@/ui/Note';
import { RelativeTime } from '@/ui/RelativeTime';

export function RecentCalls({ tool: { recent } }: { tool: Tool }) {
  if (recent.calls === 0)
    return <EmptyState icon={IconHistory} title={t.tools.callsEmptyTitle} body={t.tools.callsEmptyBody} />;
  return (
    <>
      <p className="tool-none">{t.tools.callsSub}</p>
      <dl className="tool-figures">
        <Figure name={t.tools.callCount}>{count(recent.calls)}</Figure>
        <Figure name={t.tools.failureCount} tone={recent.failures > 0 ? 'bad' : undefined}>
          {count(recent.failures)}
        </Figure>
        <Figure name={t.tools.timedOut}>{count(recent.timed_out)}</Figure>
        {recent.median_ms !== undefined && (
          <Figure name={t.tools.median}>{milliseconds(recent.median_ms)}</Figure>
        )}
        {recent.last_at && (
          <Figure name={t.tools.lastCall}>
            <RelativeTime at={recent.last_at} />
          </Figure>
        )}
      </dl>
      {recent.last_failure_at && (
        <Note tone="warn" title={t.tools.lastFailure}>
          <p className="tool-failure-time">
            <RelativeTime at={recent.last_failure_at} />
          </p>
          {recent.last_failure && <pre className="tool-failure">{recent.last_failure}</pre>}
        </Note>
      )}
    </>
  );
}

function Figure({ name, tone, children }: { name: string; tone?: 'bad'; children: React.ReactNode }) {
  return (
    <div className="tool-figure" data-tone={tone}>
      <dt>{name}</dt>
      <dd className="num">{children}</dd>
    </div>
  );
}
