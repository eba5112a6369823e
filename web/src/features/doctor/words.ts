/** What the gateway names, in the page's language; a newer gateway's own words where there are none. */
import type { DoctorCategory, DoctorSeverity } from '@/api/types';
import { t } from '@/i18n';
import type { Tone } from '@/ui/StatusDot';

const said = (words: Record<string, string>, key: string): string | undefined =>
  Object.hasOwn(words, key) ? words[key] : undefined;

export function titleOf(id: string, title: string): string {
  const provider = /^providers\.(.+)\.answers$/.exec(id)?.[1];
  return provider ? t.doctor.providerTitle(provider) : (said(t.doctor.titles, id) ?? title);
}

export const categoryOf = (category: DoctorCategory): string =>
  said(t.doctor.categories, category) ?? category;

export const toneOf = (severity: DoctorSeverity): Tone =>
  (({ error: 'bad', warning: 'warn', info: 'info', ok: 'good' }) as const)[severity];
