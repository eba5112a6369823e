/** Something failed: what, and a way on. */
import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { t } from '@/i18n';

export function ErrorNote(props: { title?: string; error: unknown; onRetry?: () => void }) {
  const message = props.error instanceof Error ? props.error.message : String(props.error);
  return (
    <Alert
      color="red"
      variant="light"
      role="alert"
      icon={<IconAlertTriangle size={18} aria-hidden />}
      title={props.title ?? t.common.failed}
    >
      <Group justify="space-between" gap="sm">
        <Text fz="sm">{message}</Text>
        {props.onRetry && (
          <Button size="compact-sm" variant="default" onClick={props.onRetry}>
            {t.common.retry}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
