/** What is spent, as the gateway has it, and what can be changed: budgets and prices. */
import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { $api, api, take } from '@/api/client';
import type { BudgetsInput, CostRecords, CustomPrice, ModelPrice } from '@/api/types';
import { type CostSearch, recordsOf, reportOf } from './search.logic';

const PAGE = 50;

/** Figures of the days that the address names; those of the days before stand until they are there. */
export const useReport = (search: CostSearch) =>
  $api.useQuery(
    'get',
    '/api/cost',
    { params: { query: reportOf(search) } },
    { placeholderData: keepPreviousData, refetchOnMount: 'always' },
  );

export const useRecords = (search: CostSearch) => {
  const query = recordsOf(search);
  return useInfiniteQuery({
    queryKey: ['get', '/api/cost/records', query],
    queryFn: ({ pageParam, signal }): Promise<CostRecords> =>
      take(
        api.GET('/api/cost/records', {
          params: { query: { ...query, limit: PAGE, cursor: pageParam } },
          signal,
        }),
      ) as Promise<CostRecords>,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
};

export const usePrices = () => $api.useQuery('get', '/api/cost/prices', {}, { refetchOnMount: 'always' });

/** Calls that outlive the part of the page that makes them: an undo may come when it is gone. */
export const putBudgets = (body: BudgetsInput) => take(api.PUT('/api/cost/budgets', { body }));
export const putPrices = (prices: CustomPrice[]) => take(api.PUT('/api/cost/prices', { body: { prices } }));

/** The owner's own among the prices, as they are written. */
export const ownOf = (prices: readonly ModelPrice[]): CustomPrice[] =>
  prices.flatMap((price) =>
    price.source === 'custom' && price.input_per_million_usd && price.output_per_million_usd
      ? [
          {
            provider: price.provider,
            model: price.model,
            input_per_million_usd: price.input_per_million_usd,
            ...(price.cached_input_per_million_usd
              ? { cached_input_per_million_usd: price.cached_input_per_million_usd }
              : {}),
            output_per_million_usd: price.output_per_million_usd,
          },
        ]
      : [],
  );

/** Figures and prices are read again after each; the news does the same for other tabs. */
export function useCostActions() {
  const client = useQueryClient();
  const reread = () =>
    Promise.all(
      ['/api/cost', '/api/cost/prices'].map((path) => client.invalidateQueries({ queryKey: ['get', path] })),
    );
  return {
    reread,
    budgets: useMutation({ mutationFn: putBudgets, onSuccess: reread }),
    prices: useMutation({ mutationFn: putPrices, onSuccess: reread }),
  };
}
