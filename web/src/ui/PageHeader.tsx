/** A page's heading; it also names the browser's tab. */
import { Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTitle } from './useTitle';

export function PageHeader(props: { title: string; sub?: string; actions?: ReactNode }) {
  useTitle(props.title);
  return (
    <Group justify="space-between" align="end" mb="lg" gap="sm">
      <div>
        <Title order={1} fz={24} lh={1.25}>
          {props.title}
        </Title>
        {props.sub && (
          <Text c="dimmed" fz="sm" mt={2}>
            {props.sub}
          </Text>
        )}
      </div>
      {props.actions}
    </Group>
  );
}
