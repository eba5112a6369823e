/** The conversations that the gateway keeps, by day, read page by page as one scrolls. */
import { Button } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Origin, Session } from '@/api/types';
import { t } from '@/i18n';
import { ErrorNote } from '@/ui/ErrorNote';
import { useNow } from '@/ui/useNow';
import { useSessionCommands } from './commands';
import { useSessions } from './data';
import { ListSkeleton } from './SessionList';
import { SessionRow } from './SessionRow';
import { grouped, held, type Place } from './sessions.logic';

export interface StoredSessionsProps {
  current: string | null;
  archived: boolean;
  origin: Origin | undefined;
  why: string | undefined;
  onPick: (() => void) | undefined;
  onShowAll: () => void;
}

export function StoredSessions(props: StoredSessionsProps) {
  const { current, archived, origin, why, onPick, onShowAll } = props;
  const w = t.chatList;
  const filter = { archived, ...(origin && { origin }) };
  const list = useSessions(filter);
  const pinned = useSessions({ ...filter, pinned: true });
  const commands = useSessionCommands(current);
  const now = useNow(60_000);
  const [focused, setFocused] = useState<string | null>(null);

  const stored = useMemo(
    () => [list.data, pinned.data].flatMap((data) => data?.pages.flatMap((page) => page.sessions) ?? []),
    [list.data, pinned.data],
  );
  const { sessions, hold, release } = useHeld(stored);
  const groups = useMemo(() => grouped(sessions, new Date(now)), [sessions, now]);
  const end = useEndInSight(list.data?.pages.length, () => {
    if (list.hasNextPage && !list.isFetchingNextPage && !list.isFetchNextPageError) void list.fetchNextPage();
  });

  if (list.isPending) return <ListSkeleton />;
  if (list.isError && !list.data) return <ErrorNote error={list.error} onRetry={() => void list.refetch()} />;

  const order = groups.flatMap((group) => group.sessions);
  const reachable = [focused, current].find((id) => order.some((one) => one.id === id)) ?? order[0]?.id;
  const filtered = archived || origin;
  return (
    <nav aria-label={w.sessions} onPointerEnter={hold} onPointerLeave={release}>
      {groups.length === 0 && !list.hasNextPage && (
        <div className="sessions-empty">
          <p>{origin ? w.emptyOrigin(w.origins[origin]) : archived ? w.emptyArchive : w.empty}</p>
          {filtered && (
            <Button size="compact-sm" variant="default" onClick={onShowAll}>
              {w.clearFilters}
            </Button>
          )}
        </div>
      )}
      {groups.map((group) => (
        <section key={group.name} aria-label={w[group.name]}>
          <h2 className="sessions-group">{w[group.name]}</h2>
          <ul className="plain">
            {group.sessions.map((session) => (
              <SessionRow
                key={session.id}
                session={session}
                active={session.id === current}
                reachable={session.id === reachable}
                commands={commands}
                why={why}
                onPick={onPick}
                onFocus={setFocused}
              />
            ))}
          </ul>
        </section>
      ))}
      {list.hasNextPage && (
        <div ref={end} className="sessions-more">
          <Button
            variant="subtle"
            size="compact-sm"
            loading={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
          >
            {t.common.showMore}
          </Button>
        </div>
      )}
    </nav>
  );
}

/** Keeps rows where they are while a mouse points at them. */
function useHeld(stored: readonly Session[]) {
  const [places, setPlaces] = useState<ReadonlyMap<string, Place> | null>(null);
  const sessions = useMemo(() => (places ? held(stored, places) : stored), [stored, places]);
  return {
    sessions,
    hold: (event: React.PointerEvent) => {
      if (event.pointerType !== 'touch')
        setPlaces(new Map(stored.map(({ id, updated_at }) => [id, { updated_at }])));
    },
    release: () => setPlaces(null),
  };
}

/** Calls when the end of the list is near the screen, and again when it still is after more was read. */
function useEndInSight(read: number | undefined, seen: () => void) {
  const [node, setNode] = useState<HTMLElement | null>(null);
  const latest = useRef(seen);
  useEffect(() => {
    latest.current = seen;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new observer tells at once what is in sight
  useEffect(() => {
    if (!node || !('IntersectionObserver' in globalThis)) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && latest.current(),
      { root: node.closest('.sessions-list'), rootMargin: '400px' },
    );
    observer.observe(node);
    return () => observer.disconnect();
  }, [node, read]);
  return setNode;
}
