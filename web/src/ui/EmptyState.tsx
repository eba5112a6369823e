/** Nothing to show: says why, and what to do next. */
import { Button, Center, Stack, Text, Title } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import type { ComponentType } from 'react';

export interface EmptyStateProps {
  title: string;
  body?: string;
  icon?: ComponentType<{ size?: number; stroke?: number }>;
  action?: { label: string; onClick: () => void };
  role?: 'alert' | 'status';
  /** 1 where it stands for the whole page. */
  order?: 1 | 2;
}

export function EmptyState({
  title,
  body,
  icon: Icon = IconInbox,
  action,
  role,
  order = 2,
}: EmptyStateProps) {
  return (
    <Center mih={280} p="lg" role={role}>
      <Stack align="center" gap="xs" maw={420} ta="center">
        <Icon size={38} stroke={1.4} aria-hidden />
        <Title order={order} fz="lg">
          {title}
        </Title>
        {body && <Text c="dimmed">{body}</Text>}
        {action && (
          <Button mt="sm" onClick={action.onClick}>
            {action.label}
          </Button>
        )}
      </Stack>
    </Center>
  );
}
