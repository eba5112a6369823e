/** Which of several versions of a message is shown, and the way to the others. */
import { ActionIcon } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { t } from '@/i18n';
import { disabledBecause } from '@/ui/disabledBecause';
import { tip } from '@/ui/Tips';
import { useLocked, useThreadActions } from './ThreadActions';

export function Versions({ turnId, versions }: { turnId: string; versions: readonly string[] }) {
  const { show } = useThreadActions();
  const locked = useLocked();
  const place = versions.indexOf(turnId);
  if (versions.length < 2 || place === -1) return null;
  const step = (label: string, target: string | undefined, Icon: typeof IconChevronLeft) => (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="sm"
      {...tip(label)}
      disabled={target === undefined}
      onClick={() => target && show(target)}
      {...disabledBecause(target === undefined ? undefined : locked)}
    >
      <Icon size={15} aria-hidden />
    </ActionIcon>
  );
  return (
    <span
      className="versions num"
      role="group"
      aria-label={t.thread.versionLabel(place + 1, versions.length)}
    >
      {step(t.thread.earlierVersion, versions[place - 1], IconChevronLeft)}
      <span aria-hidden>{t.thread.version(place + 1, versions.length)}</span>
      {step(t.thread.laterVersion, versions[place + 1], IconChevronRight)}
    </span>
  );
}
