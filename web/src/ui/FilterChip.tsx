/** One way of narrowing a list, with how many there are of it. */
import type { ReactNode } from 'react';
import { shortCount } from '@/i18n/format';
import type { Tone } from './StatusDot';

export interface FilterChipProps {
  on: boolean;
  number?: number;
  tone?: Tone;
  onClick: () => void;
  children: ReactNode;
}

export const FilterChip = ({ on, number, tone, onClick, children }: FilterChipProps) => (
  <button type="button" className="filter-chip" data-tone={tone} aria-pressed={on} onClick={onClick}>
    {tone && <span className="status-dot" aria-hidden />}
    {children}
    {number !== undefined && <span className="filter-chip-number num">{shortCount(number)}</span>}
  </button>
);

/** Several of them, in rows. */
export const FilterChips = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className="filter-chips" role="group" aria-label={label}>
    {children}
  </div>
);
