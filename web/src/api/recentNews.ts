/** What the gateway told lately, from before this tab listened. */
import { $api } from './client';
import type { NewsItem } from './frames';

export const useRecentNews = (types: string, limit: number) =>
  $api.useQuery(
    'get',
    '/api/events/recent',
    { params: { query: { types, limit } } },
    // The document's own type forgets which fields go with which `type`.
    { select: ({ events }) => events as unknown as NewsItem[], refetchOnMount: 'always' },
  );
