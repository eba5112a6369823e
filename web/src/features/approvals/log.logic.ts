/** What a line of the log says besides who and when. */
import type { AuditEntry } from '@/api/types';

const MOST_KEYS = 4;

const text = (value: unknown) => (typeof value === 'string' && value ? value : undefined);

/** The one thing of it that a reader wants to know: what was allowed, which device, which settings. */
export function aboutOf({ details }: Pick<AuditEntry, 'details'>): string | undefined {
  if (typeof details !== 'object' || details === null) return undefined;
  const { summary, covers, tool, name, keys } = details as Record<string, unknown>;
  if (Array.isArray(keys)) {
    const names = keys.filter((key): key is string => typeof key === 'string');
    const shown = names.slice(0, MOST_KEYS).join(', ');
    return names.length > MOST_KEYS ? `${shown}, +${names.length - MOST_KEYS}` : shown || undefined;
  }
  const covered = text(covers);
  if (covered) return text(tool) ? `${tool}: ${covered}` : covered;
  return text(summary) ?? text(name);
}
