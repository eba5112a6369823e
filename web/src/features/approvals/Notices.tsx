/** Lets the browser tell of requests while nobody looks at this tab; or says why it cannot. */
import { Button } from '@mantine/core';
import { IconBell, IconBellOff } from '@tabler/icons-react';
import { type Notices as State, setNotices, useNotices } from '@/app/approvals';
import { t } from '@/i18n';

const WHY_NOT: Partial<Record<State, () => string>> = {
  refused: () => t.approvals.noticesRefused,
  insecure: () => t.approvals.noticesInsecure,
  unsupported: () => t.approvals.noticesUnsupported,
};

export function Notices() {
  const state = useNotices();
  const why = WHY_NOT[state];
  if (why)
    return (
      <p className="notices">
        <IconBellOff size={16} aria-hidden />
        <span>{why()}</span>
      </p>
    );
  const on = state === 'on';
  const Icon = on ? IconBellOff : IconBell;
  return (
    <div className="notices">
      <Button
        variant="subtle"
        color="gray"
        leftSection={<Icon size={16} aria-hidden />}
        onClick={() => void setNotices(!on)}
      >
        {on ? t.approvals.noticesOff : t.approvals.noticesOn}
      </Button>
    </div>
  );
}
