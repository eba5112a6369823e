/** How much there is, or was found, and whether meaning counts. */
import { t } from '@/i18n';
import { count, percent } from '@/i18n/format';
import { StatusBadge } from '@/ui/StatusBadge';
import { useCounts } from './data';
import { isNarrowed, type MemoryQuery } from './query.logic';

export function Summary({ query, found, more }: { query: MemoryQuery; found: number; more: boolean }) {
  const counts = useCounts().data;
  const narrowed = isNarrowed(query) || query.bin;
  const total = counts?.total ?? 0;
  const vectors = counts?.vectors;
  return (
    <div className="memory-summary">
      <span role="status">
        {narrowed
          ? t.memory.found(count(found), more, found === 1)
          : counts && t.memory.count(count(total), total === 1)}
      </span>
      {vectors && (
        <StatusBadge tone={vectors.failing ? 'warn' : vectors.waiting > 0 ? 'busy' : 'good'}>
          <span title={vectors.failing ?? vectors.model ?? undefined}>
            {vectors.failing
              ? t.memory.meaningFails
              : t.memory.byMeaning(
                  count(vectors.done),
                  vectors.waiting > 0
                    ? `${count(vectors.done + vectors.waiting)} (${percent(vectors.done / (vectors.done + vectors.waiting))})`
                    : count(vectors.done),
                )}
          </span>
        </StatusBadge>
      )}
    </div>
  );
}
