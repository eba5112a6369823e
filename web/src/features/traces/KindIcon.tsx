/** What a step is, as a picture. */
import { IconFileText, IconHourglass, IconShieldCheck, IconSparkles, IconTool } from '@tabler/icons-react';
import type { TraceSpan } from '@/api/types';

const ICON = {
  queue: IconHourglass,
  prompt: IconFileText,
  model: IconSparkles,
  tool: IconTool,
  approval: IconShieldCheck,
};

export function KindIcon({ kind, size = 16 }: { kind: TraceSpan['kind']; size?: number }) {
  const Icon = ICON[kind];
  return (
    <span className="kind-icon" data-kind={kind} aria-hidden>
      <Icon size={size} stroke={1.7} />
    </span>
  );
}
