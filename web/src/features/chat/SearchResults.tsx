/** Where the words were said, in all conversations. */
import { Skeleton, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { t } from '@/i18n';
import { ErrorNote } from '@/ui/ErrorNote';
import { RelativeTime } from '@/ui/RelativeTime';
import { useSearch } from './data';
import { snippetParts } from './sessions.logic';

export function SearchResults({ query, onPick }: { query: string; onPick?: () => void }) {
  const search = useSearch(query);
  if (search.isPending)
    return (
      <Stack gap="sm" p="xs" aria-busy="true">
        <Skeleton h={44} />
        <Skeleton h={44} />
      </Stack>
    );
  if (search.isError && !search.data)
    return <ErrorNote error={search.error} onRetry={() => void search.refetch()} />;
  const hits = search.data?.hits ?? [];
  return (
    <nav aria-label={t.chat.searchResults}>
      {hits.length === 0 && (
        <Text c="dimmed" fz="sm" p="xs" role="status">
          {t.chat.searchEmpty}
        </Text>
      )}
      <ul className="plain">
        {hits.map((hit) => (
          <li key={`${hit.turn_id}${hit.role}`}>
            <Link to="/chat/$session" params={{ session: hit.session_id }} className="hit" onClick={onPick}>
              <span className="hit-title">
                <span>{hit.title || t.chat.untitled}</span>
                <RelativeTime at={hit.created_at} />
              </span>
              <span className="hit-snippet">
                {snippetParts(hit.snippet).map((part, place) =>
                  part.hit ? (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a snippet never changes
                    <mark key={place}>{part.text}</mark>
                  ) : (
                    part.text
                  ),
                )}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
