/** Copies a text and shows whether it worked. */
import { ActionIcon } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { t } from '@/i18n';
import { copyText } from './copy';
import { tip } from './Tips';

export function CopyButton({ value, label, size = 15 }: { value: string; label: string; size?: number }) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null);
  useEffect(() => {
    if (!outcome) return;
    const timer = setTimeout(() => setOutcome(null), outcome === 'copied' ? 1_600 : 5_000);
    return () => clearTimeout(timer);
  }, [outcome]);
  const words = outcome === 'copied' ? t.common.copied : outcome === 'failed' ? t.common.copyFailed : label;
  const Icon = outcome === 'copied' ? IconCheck : outcome === 'failed' ? IconAlertTriangle : IconCopy;
  return (
    <ActionIcon
      variant="subtle"
      color={outcome === 'failed' ? 'red' : 'gray'}
      {...tip(words)}
      onClick={async () => setOutcome((await copyText(value)) ? 'copied' : 'failed')}
    >
      <Icon size={size} aria-hidden />
    </ActionIcon>
  );
}
