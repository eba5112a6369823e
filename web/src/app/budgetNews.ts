/** Says on every page that a budget is nearly used up, or is. */
import { useCallback } from 'react';
import type { News } from '@/api/frames';
import { useNews } from '@/api/reread';
import { t } from '@/i18n';
import { dollars, percent } from '@/i18n/format';
import { toast } from '@/ui/toast';

const TYPES = ['budget_warning'] as const;

export function useBudgetNews() {
  const tell = useCallback((event: News['event']) => {
    if (event.type !== 'budget_warning') return;
    const limit = dollars(event.limit_usd);
    toast.note(
      event.reached
        ? t.common.budgetReached(limit)
        : t.common.budgetNearly(percent(event.percent / 100), limit),
    );
  }, []);
  useNews(TYPES, tell);
}
