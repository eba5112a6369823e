/** What stands in place of a page that could not be shown. */
import { IconAlertTriangle, IconMapOff, IconRefresh } from '@tabler/icons-react';
import { type ErrorComponentProps, useNavigate } from '@tanstack/react-router';
import { t } from '@/i18n';
import { EmptyState } from '@/ui/EmptyState';
import { useTitle } from '@/ui/useTitle';
import { isStaleChunk } from './staleChunk';

export function RouteError({ error, reset }: ErrorComponentProps) {
  useTitle(t.errors.crashTitle);
  if (isStaleChunk(error))
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
  return (
    <EmptyState
      order={1}
      role="alert"
      icon={IconAlertTriangle}
      title={t.errors.crashTitle}
      body={error instanceof Error ? error.message : String(error)}
      action={{ label: t.common.retry, onClick: reset }}
    />
  );
}

export function NotFound() {
  useTitle(t.errors.notFoundTitle);
  const navigate = useNavigate();
  return (
    <EmptyState
      order={1}
      icon={IconMapOff}
      title={t.errors.notFoundTitle}
      body={t.errors.notFoundBody}
      action={{ label: t.errors.toChat, onClick: () => void navigate({ to: '/chat' }) }}
    />
  );
}
