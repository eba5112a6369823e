/** Whether a tool may be used, chosen in place. */
import { NativeSelect } from '@mantine/core';
import type { Tool } from '@/api/types';
import { useWhyNot } from '@/app/can';
import { t } from '@/i18n';
import { type Setting, useSetPermission } from './data';

const SETTINGS: readonly Setting[] = ['default', 'allow', 'ask', 'deny'];

export function Permission({ tool }: { tool: Tool }) {
  const { mutate } = useSetPermission();
  const whyNot = useWhyNot('admin');
  return (
    <NativeSelect
      className="tool-permission"
      data-permission={tool.permission}
      aria-label={t.tools.permissionOf(tool.name)}
      title={whyNot}
      disabled={whyNot !== undefined}
      value={tool.setting}
      data={SETTINGS.map((value) => ({
        value,
        label:
          value === 'default'
            ? t.tools.byDefault(t.tools.permissions[tool.default_permission])
            : t.tools[value],
      }))}
      onChange={(event) => {
        const setting = SETTINGS.find((one) => one === event.currentTarget.value);
        if (setting) mutate({ name: tool.name, setting });
      }}
    />
  );
}
