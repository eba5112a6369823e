/** What a type of event is called; one that is not known is called as the gateway calls it. */
import { t } from '@/i18n';

export function typeName(type: string): string {
  const names: Record<string, string> = t.events.names;
  return names[type] ?? type.replaceAll('_', ' ');
}
