/** What a device may do: three rights, each of which holds those below it. */
import { Radio, Stack } from '@mantine/core';
import type { Scope } from '@/api/types';
import { t } from '@/i18n';

const ALL: readonly Scope[] = ['admin', 'chat', 'read'];

export interface ScopeChoiceProps {
  value: Scope;
  onChange: (scope: Scope) => void;
  label: string;
}

export function ScopeChoice({ value, onChange, label }: ScopeChoiceProps) {
  return (
    <Radio.Group label={label} value={value} onChange={(scope) => onChange(scope as Scope)}>
      <Stack gap="xs" mt="xs">
        {ALL.map((scope) => (
          <Radio
            key={scope}
            value={scope}
            label={t.devices.scopeWords[scope]}
            description={t.devices.scopeMore[scope]}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}
