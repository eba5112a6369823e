/** A part of the page failed: what happened, which request it was, and a way on. */
import { Button } from '@mantine/core';
import { t } from '@/i18n';
import { failureOf } from './failure';
import { Note } from './Note';
import { RequestId } from './RequestId';

export function ErrorNote(props: { title?: string; error: unknown; onRetry?: () => void }) {
  const { message, requestId } = failureOf(props.error);
  return (
    <Note
      tone="bad"
      role="alert"
      title={props.title ?? t.common.failed}
      actions={
        props.onRetry && (
          <Button size="compact-sm" variant="default" onClick={props.onRetry}>
            {t.common.retry}
          </Button>
        )
      }
    >
      <div>{message}</div>
      {requestId && <RequestId id={requestId} />}
    </Note>
  );
}
