/** The conversations: search over all that was said, filters, and the list by day. */
import './sessions.css';
import { ActionIcon, Button, Skeleton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconAdjustmentsHorizontal, IconArchive, IconPlus, IconSearch, IconX } from '@tabler/icons-react';
import { Link, useSearch as useAddress, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { useWhyNot } from '@/app/can';
import { t } from '@/i18n';
import { ActionMenu } from '@/ui/ActionMenu';
import { disabledBecause } from '@/ui/disabledBecause';
import { tip } from '@/ui/Tips';
import { ORIGIN_ICON } from './origins';
import { SearchResults } from './SearchResults';
import { filterEntries } from './SessionMenu';
import { StoredSessions } from './StoredSessions';
import type { ChatSearch } from './search.logic';

const LEAST_LETTERS = 2;

export interface SessionListProps {
  current: string | null;
  onPick?: () => void;
}

export function SessionList({ current, onPick }: SessionListProps) {
  const w = t.chatList;
  const address: ChatSearch = useAddress({ strict: false });
  const navigate = useNavigate();
  const why = useWhyNot('chat');
  const list = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(address.q ?? '');
  const [query] = useDebouncedValue(typed.trim(), 200);

  const change = useCallback(
    (next: Partial<ChatSearch>) =>
      void navigate({
        to: '.',
        search: (before) => ({ ...before, ...next }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  // What is searched for stands in the address, and an address that comes from elsewhere in the field.
  const written = useRef(address.q ?? '');
  useEffect(() => {
    if (query === written.current) return;
    written.current = query;
    change({ q: query || undefined });
  }, [query, change]);
  useEffect(() => {
    const given = address.q ?? '';
    if (given === written.current) return;
    written.current = given;
    setTyped(given);
  }, [address.q]);

  const searching = query.length >= LEAST_LETTERS;
  const { archived = false, origin } = address;
  const OriginIcon = origin && ORIGIN_ICON[origin];
  return (
    <>
      <div className="sessions-top">
        <Button
          renderRoot={(given) => <Link to="/chat" search={{}} {...given} />}
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={onPick}
          {...disabledBecause(why)}
        >
          {w.newSession}
        </Button>
        <div className="sessions-find">
          <IconSearch size={16} aria-hidden />
          <input
            ref={field}
            type="search"
            placeholder={w.search}
            aria-label={w.search}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'ArrowDown') {
                event.preventDefault();
                list.current?.querySelector<HTMLElement>('a[tabindex="0"], a')?.focus();
              } else if (event.key === 'Escape' && typed) {
                event.preventDefault();
                setTyped('');
              }
            }}
          />
          {typed && (
            <ActionIcon
              variant="subtle"
              color="gray"
              size={28}
              {...tip(w.clearSearch)}
              onClick={() => {
                setTyped('');
                field.current?.focus();
              }}
            >
              <IconX size={15} aria-hidden />
            </ActionIcon>
          )}
          <ActionMenu
            label={w.filter}
            entries={() => filterEntries(address, change)}
            trigger={(given) => (
              <ActionIcon
                {...given}
                {...tip(w.filter)}
                variant="subtle"
                color={archived || origin ? undefined : 'gray'}
                size={28}
              >
                <IconAdjustmentsHorizontal size={16} aria-hidden />
              </ActionIcon>
            )}
          />
        </div>
        {!searching && (archived || origin) && (
          <div className="sessions-filters">
            {archived && (
              <Filter name={w.archived} onRemove={() => change({ archived: undefined })}>
                <IconArchive size={14} aria-hidden />
              </Filter>
            )}
            {origin && OriginIcon && (
              <Filter name={w.origins[origin]} onRemove={() => change({ origin: undefined })}>
                <OriginIcon size={14} aria-hidden />
              </Filter>
            )}
          </div>
        )}
      </div>
      {/* Keys move between the links inside; it takes no focus of its own. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: see above */}
      <div ref={list} className="sessions-list" onKeyDown={(event) => moveFocus(event, field.current)}>
        {searching ? (
          <SearchResults query={query} onPick={onPick} />
        ) : (
          <StoredSessions
            current={current}
            archived={archived}
            origin={origin}
            why={why}
            onPick={onPick}
            onShowAll={() => change({ archived: undefined, origin: undefined })}
          />
        )}
      </div>
    </>
  );
}

function Filter({ name, onRemove, children }: { name: string; onRemove: () => void; children: ReactNode }) {
  return (
    <span className="sessions-filter">
      {children}
      {name}
      <button type="button" aria-label={t.chatList.noFilter(name)} onClick={onRemove}>
        <IconX size={13} aria-hidden />
      </button>
    </span>
  );
}

/** Up and down, first and last; from the first one up into the search. */
function moveFocus(event: React.KeyboardEvent<HTMLElement>, field: HTMLInputElement | null) {
  const now = document.activeElement;
  if (!(now instanceof HTMLAnchorElement) || event.altKey || event.ctrlKey || event.metaKey) return;
  const links = [...event.currentTarget.querySelectorAll('a')];
  const at = links.indexOf(now);
  const to = {
    ArrowDown: links[at + 1],
    ArrowUp: at === 0 ? field : links[at - 1],
    Home: links[0],
    End: links.at(-1),
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  to?.focus();
}

export const ListSkeleton = () => (
  <div className="sessions-loading" aria-busy="true" role="status" aria-label={t.common.loading}>
    {[82, 60, 71, 48, 66, 54].map((width) => (
      <Skeleton key={width} h={14} w={`${width}%`} />
    ))}
  </div>
);
