/** The news as they happen: every event that the gateway tells, for people and as it is. */
import './events.css';
import { ActionIcon, Button, Skeleton, TextInput } from '@mantine/core';
import {
  IconBroadcast,
  IconFilterOff,
  IconPlayerPause,
  IconPlayerPlay,
  IconSearch,
  IconX,
  IconZoomExclamation,
} from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useCommands } from '@/app/commands';
import { t } from '@/i18n';
import { count } from '@/i18n/format';
import { CopyButton } from '@/ui/CopyButton';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { PageHeader } from '@/ui/PageHeader';
import { StatusDot } from '@/ui/StatusDot';
import { TailList } from '@/ui/TailList';
import { tip } from '@/ui/Tips';
import { type EventEntry, useNewsSession } from './data';
import { EventDetails } from './EventDetails';
import { EventRow } from './EventRow';
import { countTypes, type EventSearch, fits, isNarrowed, tidy, toggled, typesOf } from './search.logic';
import { typeName } from './words';

export type Go = (next: EventSearch, replace?: boolean) => void;

export default function EventsPage() {
  const search: EventSearch = useSearch({ from: '/events' });
  const navigate = useNavigate({ from: '/events' });
  const go: Go = useCallback(
    (next, replace = false) => void navigate({ search: tidy(next), replace, resetScroll: false }),
    [navigate],
  );
  const { session, state, tail } = useNewsSession();
  const [paused, setPaused] = useState(false);
  const [away, setAway] = useState(false);
  useEffect(() => session?.tail.hold(paused || away), [session, paused, away]);
  const all = tail?.entries ?? [];
  // Where something is missing is shown whatever else is.
  const shown = useMemo(
    () => all.filter((entry) => entry.value === undefined || fits(entry.value, search)),
    [all, search],
  );
  const narrowed = isNarrowed(search);
  const PauseIcon = paused ? IconPlayerPlay : IconPlayerPause;
  const pauseWords = paused ? t.events.follow : t.events.pause;
  useCommands([
    {
      id: 'events-pause',
      label: pauseWords,
      icon: PauseIcon,
      keys: 'p',
      group: 'page',
      run: () => setPaused(!paused),
    },
    ...(narrowed
      ? [
          {
            id: 'events-clear',
            label: t.events.clear,
            icon: IconFilterOff,
            group: 'page' as const,
            run: () => go({}),
          },
        ]
      : []),
  ]);
  const tone = paused ? 'off' : state?.link === 'live' ? 'good' : state?.link === 'refused' ? 'bad' : 'busy';
  const open =
    shown.find(({ id }) => id === search.open)?.value ?? all.find(({ id }) => id === search.open)?.value;
  return (
    <div className="page events">
      <PageHeader
        title={t.events.title}
        sub={t.events.sub}
        actions={
          <>
            {state?.phase === 'ready' && (
              <span className="events-link" role="status">
                <StatusDot tone={tone}>{paused ? t.events.paused : t.events.link[state.link]}</StatusDot>
              </span>
            )}
            <Button
              variant="default"
              className="events-act"
              aria-label={pauseWords}
              aria-pressed={paused}
              leftSection={<PauseIcon size={16} aria-hidden />}
              onClick={() => setPaused(!paused)}
            >
              {pauseWords}
            </Button>
          </>
        }
      />
      <div className="events-filters" role="search" aria-label={t.events.filters}>
        <Search search={search} go={go} />
        <span className="events-count num" role="status">
          {t.events.shown(count(shown.length), count(all.length))}
          <CopyButton
            value={shown
              .flatMap((entry) => (entry.value ? JSON.stringify({ id: entry.id, ...entry.value }) : []))
              .join('\n')}
            label={t.events.copyShown}
          />
        </span>
        <Types entries={all} search={search} go={go} />
      </div>
      {state?.phase === 'failed' ? (
        <ErrorState error={state.error} onRetry={() => void session?.start()} />
      ) : (
        <div
          className="card events-list"
          data-empty={(state?.phase === 'ready' && !shown.length) || undefined}
        >
          {state?.phase !== 'ready' ? (
            <Loading />
          ) : shown.length === 0 ? (
            <Empty narrowed={narrowed} go={go} />
          ) : (
            <TailList
              label={t.events.title}
              entries={shown}
              shift={false}
              row={(entry) => <EventRow entry={entry} />}
              open={search.open}
              onOpen={(entry: EventEntry) => entry.value && go({ ...search, open: entry.id }, true)}
              onAway={setAway}
              waiting={tail?.held ? t.events.waiting(tail.held) : undefined}
              onWaiting={() => {
                setPaused(false);
                setAway(false);
              }}
            />
          )}
        </div>
      )}
      {search.open !== undefined && state?.phase === 'ready' && (
        <EventDetails
          id={search.open}
          event={open}
          search={search}
          go={go}
          onClose={() => go({ ...search, open: undefined }, true)}
        />
      )}
    </div>
  );
}

function Types({ entries, search, go }: { entries: readonly EventEntry[]; search: EventSearch; go: Go }) {
  const counts = useMemo(() => countTypes(entries.flatMap((entry) => entry.value ?? [])), [entries]);
  const chosen = typesOf(search.types);
  // Those in the address stay to be seen when none has come.
  const missing = chosen
    .filter((type) => !counts.some(([name]) => name === type))
    .map((type): [string, number] => [type, 0]);
  if (!counts.length && !missing.length && !search.session) return <div className="events-types" />;
  return (
    <div className="events-types" role="group" aria-label={t.events.types}>
      <button
        type="button"
        className="events-chip"
        aria-pressed={chosen.length === 0}
        onClick={() => go({ ...search, types: undefined, open: undefined })}
      >
        {t.events.all}
      </button>
      {[...counts, ...missing].map(([type, number]) => (
        <button
          key={type}
          type="button"
          className="events-chip"
          aria-pressed={chosen.includes(type)}
          title={type}
          onClick={() => go({ ...search, types: toggled(search.types, type), open: undefined })}
        >
          {typeName(type)} <span className="num events-number">{count(number)}</span>
        </button>
      ))}
      {search.session && (
        <button
          type="button"
          className="events-chip"
          aria-pressed
          onClick={() => go({ ...search, session: undefined, open: undefined })}
        >
          {t.events.ofSession} <IconX size={13} aria-hidden />
        </button>
      )}
    </div>
  );
}

function Search({ search, go }: { search: EventSearch; go: Go }) {
  const asked = search.q ?? '';
  const [text, setText] = useState(asked);
  const sent = useRef(asked);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (asked === sent.current) return;
    sent.current = asked;
    setText(asked);
  }, [asked]);
  useCommands([
    {
      id: 'events-search',
      icon: IconSearch,
      keys: '/',
      label: t.events.search,
      group: 'page',
      run: () => {
        input.current?.focus();
        input.current?.select();
      },
    },
  ]);
  const look = (words: string) => {
    setText(words);
    sent.current = words.trim() ? words : '';
    go({ ...search, open: undefined, q: words.trim() ? words : undefined }, true);
  };
  return (
    <TextInput
      ref={input}
      type="search"
      className="events-search"
      aria-label={t.events.search}
      placeholder={t.events.searchHint}
      maxLength={400}
      value={text}
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      leftSection={<IconSearch size={17} aria-hidden />}
      rightSection={
        text && (
          <ActionIcon
            variant="subtle"
            color="gray"
            {...tip(t.events.clearSearch)}
            onClick={() => {
              look('');
              input.current?.focus();
            }}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        )
      }
      onChange={(event) => look(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !text) return;
        event.preventDefault();
        look('');
      }}
    />
  );
}

const Empty = ({ narrowed, go }: { narrowed: boolean; go: Go }) =>
  narrowed ? (
    <EmptyState
      role="status"
      icon={IconZoomExclamation}
      title={t.events.noneTitle}
      body={t.events.noneBody}
      action={{ label: t.events.clear, onClick: () => go({}) }}
    />
  ) : (
    <EmptyState icon={IconBroadcast} title={t.events.emptyTitle} body={t.events.emptyBody} />
  );

const Loading = () => (
  <div className="events-loading" aria-busy="true" role="status" aria-label={t.common.loading}>
    {Array.from({ length: 10 }, (_, place) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
      <Skeleton key={place} h={22} w={`${50 + ((place * 29) % 45)}%`} />
    ))}
  </div>
);
