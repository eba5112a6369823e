/** How a try of a provider stands, in words. */
import { Button, Loader } from '@mantine/core';
import { t } from '@/i18n';
import { milliseconds } from '@/i18n/format';
import { ErrorNote } from '@/ui/ErrorNote';
import { Note } from '@/ui/Note';
import { useNow } from '@/ui/useNow';
import type { Probe } from './useProbe';

export interface ProbeNoteProps {
  probe: Probe;
  /** Whom we ask. */
  title: string;
  onStop: () => void;
}

export function ProbeNote({ probe, title, onStop }: ProbeNoteProps) {
  if (probe.phase === 'asking') return <Asking since={probe.since} title={title} onStop={onStop} />;
  if (probe.phase === 'works')
    return (
      <Note tone="good" role="status">
        {t.provider.works(title, probe.found.models.length, milliseconds(probe.found.latency_ms))}
      </Note>
    );
  if (probe.phase === 'failed') return <ErrorNote title={t.provider.doesNotWork} error={probe.error} />;
  return null;
}

function Asking({ since, title, onStop }: { since: number; title: string; onStop: () => void }) {
  const now = useNow(500, true);
  const seconds = Math.max(0, Math.floor((now - since) / 1_000));
  return (
    <div className="probe-asking">
      <Loader size={18} aria-hidden />
      <span role="status">{t.provider.asking(title)}</span>
      {seconds >= 2 && <span className="num dimmed">{t.provider.askingFor(seconds)}</span>}
      <Button size="compact-sm" variant="subtle" className="probe-stop" onClick={onStop}>
        {t.common.cancel}
      </Button>
    </div>
  );
}
