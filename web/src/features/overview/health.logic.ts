/** The gateway's words for how things stand: as a tone, as a word, and as what to do about it. */
import type { DoctorFindings } from '@/api/types';
import { t } from '@/i18n';
import type { Tone } from '@/ui/StatusDot';

export function toneOf(state: string): Tone {
  switch (state) {
    case 'ok':
      return 'good';
    case 'degraded':
      return 'warn';
    case 'failing':
      return 'bad';
    default:
      return 'off';
  }
}

const said = (words: Record<string, string>, key: string): string | undefined =>
  Object.hasOwn(words, key) ? words[key] : undefined;

/** A word that has no translation is shown as the gateway says it. */
export const wordOf = (state: string): string => said(t.overview.status, state) ?? state;

export const partName = (component: string): string => said(t.overview.parts, component) ?? component;

export const isUnwell = (state: string) => state === 'degraded' || state === 'failing';

/** What a person can do about a part that is not well, and what one that is off is for. */
export const adviceOn = (component: string, state: string): string | undefined => {
  if (isUnwell(state)) return said(t.overview.advice, component) ?? t.overview.adviceElse;
  return state === 'off' ? said(t.overview.offWords, component) : undefined;
};

/** What the doctor's last report comes to. */
export function verdictOf(report: DoctorFindings | undefined): { tone: Tone; words: string } {
  if (!report?.at) return { tone: 'off', words: t.overview.examinedNever };
  const { error, warning } = report.summary;
  if (error > 0) return { tone: 'bad', words: t.overview.examinedErrors(error) };
  if (warning > 0) return { tone: 'warn', words: t.overview.examinedWarnings(warning) };
  return { tone: 'good', words: t.overview.status.ok };
}
