/** A state in a word, on its colour; `dot` where it may change while one looks. */
import type { ReactNode } from 'react';
import type { Tone } from './StatusDot';

export function StatusBadge({ tone, dot, children }: { tone: Tone; dot?: boolean; children: ReactNode }) {
  return (
    <span className="badge" data-tone={tone}>
      {dot && <span className="status-dot" aria-hidden />}
      {children}
    </span>
  );
}
