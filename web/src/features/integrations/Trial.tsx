/** What a try came to. */
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { t } from '@/i18n';
import { milliseconds } from '@/i18n/format';
import { ErrorNote } from '@/ui/ErrorNote';
import type { useTrial } from './data';

export function Trial({ trial }: { trial: ReturnType<typeof useTrial> }) {
  if (trial.isError) return <ErrorNote error={trial.error} onRetry={() => trial.mutate()} />;
  if (!trial.data || trial.isPending) return null;
  const { ok, message, duration_ms } = trial.data;
  const Icon = ok ? IconCircleCheck : IconAlertTriangle;
  return (
    <p className="trial" data-tone={ok ? 'good' : 'bad'} role="status">
      <Icon size={17} stroke={1.8} aria-label={ok ? t.integrations.works : t.integrations.doesNotWork} />
      <span>
        {message} <span className="num trial-took">{milliseconds(duration_ms)}</span>
      </span>
    </p>
  );
}
