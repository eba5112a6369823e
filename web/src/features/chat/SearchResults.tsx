/** Where the words were said, by conversation; each opens at the place. */
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { SearchHit } from '@/api/types';
import { locale, t } from '@/i18n';
import { ErrorNote } from '@/ui/ErrorNote';
import { toast } from '@/ui/toast';
import { useNow } from '@/ui/useNow';
import { useSearch, useSessionActions, useTitles } from './data';
import { ListSkeleton } from './SessionList';
import { closeParts, type FoundSession, foundSessions, listTime, type SnippetPart } from './sessions.logic';

/** So many places of one conversation are shown at first. */
const FEW = 3;

export function SearchResults({ query, onPick }: { query: string; onPick: (() => void) | undefined }) {
  const w = t.chatList;
  const search = useSearch(query);
  const titled = useTitles(query);
  const hits = search.data?.hits;
  const found = useMemo(() => foundSessions(hits ?? [], titled, query), [hits, titled, query]);
  if (search.isPending && found.length === 0) return <ListSkeleton />;
  if (search.isError && !search.data)
    return <ErrorNote error={search.error} onRetry={() => void search.refetch()} />;
  return (
    <nav aria-label={w.searchResults} aria-busy={search.isFetching}>
      <p className="sessions-count" role="status">
        {found.length === 0 ? w.searchEmpty(query) : w.found(found.length)}
      </p>
      <ul className="plain">
        {found.map((one) => (
          <Found key={one.id} found={one} onPick={onPick} />
        ))}
      </ul>
    </nav>
  );
}

function Found({ found, onPick }: { found: FoundSession; onPick: (() => void) | undefined }) {
  const w = t.chatList;
  const [all, setAll] = useState(false);
  const now = useNow(60_000);
  const hits = all ? found.hits : found.hits.slice(0, FEW);
  const more = found.hits.length - hits.length;
  return (
    <li className="found">
      <Link
        to="/chat/$session"
        params={{ session: found.id }}
        search={(before) => ({ ...before, turn: found.hits[0]?.turn_id })}
        className="found-title"
        onClick={onPick}
      >
        <span>{found.titleParts ? <Marked parts={found.titleParts} /> : found.title || w.untitled}</span>
        <time dateTime={found.updatedAt}>{listTime(found.updatedAt, new Date(now), locale)}</time>
      </Link>
      {hits.length > 0 && (
        <ul className="plain">
          {hits.map((hit) => (
            <Hit key={`${hit.turn_id}${hit.role}`} hit={hit} onPick={onPick} />
          ))}
        </ul>
      )}
      {more > 0 && (
        <button type="button" className="found-more" onClick={() => setAll(true)}>
          {w.moreHits(more)}
        </button>
      )}
    </li>
  );
}

function Hit({ hit, onPick }: { hit: SearchHit; onPick: (() => void) | undefined }) {
  const w = t.chatList;
  const actions = useSessionActions();
  // What was said in another version of the conversation has to be shown before it can be gone to.
  const open = () => {
    if (!hit.visible) actions.show(hit.turn_id).catch((error: unknown) => toast.failed(error));
    onPick?.();
  };
  return (
    <li>
      <Link
        to="/chat/$session"
        params={{ session: hit.session_id }}
        search={(before) => ({ ...before, turn: hit.turn_id })}
        className="hit"
        onClick={open}
      >
        <span>
          <b>{hit.role === 'user' ? w.you : w.agent}</b> <Marked parts={closeParts(hit.snippet)} />
          {!hit.visible && <i> {w.otherVersion}</i>}
        </span>
      </Link>
    </li>
  );
}

const Marked = ({ parts }: { parts: readonly SnippetPart[] }) =>
  parts.map((part, place) =>
    part.hit ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text never change places
      <mark key={place}>{part.text}</mark>
    ) : (
      part.text
    ),
  );
