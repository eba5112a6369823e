/** The gateway's words for how things stand, as a tone and as a word. */
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

/** A word that has no translation is shown as the gateway says it. */
export const wordOf = (state: string): string =>
  (t.overview.status as Record<string, string>)[state] ?? state;
