/** A coloured dot with its meaning in words beside it: colour alone says nothing to many. */
import type { ReactNode } from 'react';

export type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'info' | 'off';

export function StatusDot({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className="status" data-tone={tone}>
      <span className="status-dot" aria-hidden />
      {children}
    </span>
  );
}
