/** What stands in place of a page that could not be shown. */
import { IconAlertTriangle, IconCloudOff, IconRefresh } from '@tabler/icons-react';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ApiError } from '@/api/client';
import { socket, useLink } from '@/api/link';
import { t } from '@/i18n';
import { CopyButton } from '@/ui/CopyButton';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { useTitle } from '@/ui/useTitle';
import { isStaleChunk } from './staleChunk';

export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const link = useLink();
  // Loading a page again asks the router, not only the component.
  const retry = () => {
    reset();
    void router.invalidate();
  };
  if (isStaleChunk(error)) return link.phase === 'open' ? <Stale /> : <Away />;
  if (error instanceof ApiError) return <ErrorState error={error} onRetry={retry} order={1} />;
  return <Crash error={error} onRetry={retry} />;
}

/** A part of the page is gone since the gateway was updated. */
function Stale() {
  useTitle(t.errors.staleTitle);
  return (
    <EmptyState
      order={1}
      role="alert"
      icon={IconRefresh}
      title={t.errors.staleTitle}
      body={t.errors.staleBody}
      action={{ label: t.common.reload, onClick: () => location.reload() }}
    />
  );
}

/** A part of the page is wanted for the first time while nobody answers. */
function Away() {
  useTitle(t.errors.awayTitle);
  // Some browsers remember a part that failed to load: only loading everything anew brings it.
  useEffect(() => socket.onOpen(() => location.reload()), []);
  return (
    <EmptyState
      order={1}
      role="status"
      tone="warn"
      icon={IconCloudOff}
      title={t.errors.awayTitle}
      body={t.errors.awayBody}
      action={{ label: t.link.retryNow, onClick: socket.retryNow }}
    />
  );
}

function Crash({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  useTitle(t.errors.crashTitle);
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error ? (error.stack ?? what) : what;
  return (
    <EmptyState
      order={1}
      role="alert"
      tone="bad"
      icon={IconAlertTriangle}
      title={t.errors.crashTitle}
      body={t.errors.crashBody}
      action={{ label: t.common.retry, onClick: onRetry }}
      other={{ label: t.common.reload, onClick: () => location.reload() }}
    >
      <details className="crash">
        <summary>{t.errors.details}</summary>
        <div className="crash-words">
          <code>{what}</code>
          <CopyButton value={`${location.pathname}\n${stack}`} label={t.errors.copyDetails} />
        </div>
      </details>
    </EmptyState>
  );
}
