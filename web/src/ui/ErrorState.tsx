/** A whole page, or all that it is about, failed: stands in its place. */
import { IconAlertTriangle } from '@tabler/icons-react';
import { t } from '@/i18n';
import { EmptyState } from './EmptyState';
import { failureOf } from './failure';
import { RequestId } from './RequestId';

export interface ErrorStateProps {
  error: unknown;
  title?: string;
  onRetry?: () => void;
  order?: 1 | 2;
}

export function ErrorState({ error, title, onRetry, order }: ErrorStateProps) {
  const { message, requestId } = failureOf(error);
  return (
    <EmptyState
      role="alert"
      tone="bad"
      order={order}
      icon={IconAlertTriangle}
      title={title ?? t.common.failed}
      body={message}
      action={onRetry && { label: t.common.retry, onClick: onRetry }}
    >
      {requestId && <RequestId id={requestId} />}
    </EmptyState>
  );
}
