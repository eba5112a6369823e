/** What of the page stands in its address. */
import type { DoctorSeverity } from '@/api/types';

export interface DoctorView {
  /** Only findings of this severity. */
  show?: DoctorSeverity;
  /** The check whose fix is looked at. */
  fix?: string;
}

/** The worst first. */
export const SEVERITIES = ['error', 'warning', 'info', 'ok'] as const satisfies readonly DoctorSeverity[];

const LONGEST = 200;

/** Reads an address that anybody may have written. */
export function readDoctorView({ show, fix }: Record<string, unknown>): DoctorView {
  const severity = SEVERITIES.find((one) => one === show);
  return {
    ...(severity ? { show: severity } : {}),
    ...(typeof fix === 'string' && fix ? { fix: fix.slice(0, LONGEST) } : {}),
  };
}
