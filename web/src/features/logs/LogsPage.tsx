/** What the gateway writes down: read, searched, followed, taken along, and how much of it there is. */
import './logs.css';
import { Button, Skeleton } from '@mantine/core';
import {
  IconAdjustments,
  IconDownload,
  IconFileText,
  IconFilterOff,
  IconPlayerPause,
  IconPlayerPlay,
  IconZoomExclamation,
} from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useState } from 'react';
import { ApiError } from '@/api/client';
import { addressOf } from '@/api/sse';
import { useCommands } from '@/app/commands';
import { useLayer } from '@/app/layer';
import { t } from '@/i18n';
import { ActionMenu } from '@/ui/ActionMenu';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { PageHeader } from '@/ui/PageHeader';
import { StatusDot } from '@/ui/StatusDot';
import { TailList } from '@/ui/TailList';
import { useLogSession, useSessionState, useTail } from './data';
import { Filters } from './Filters';
import { Histogram } from './Histogram';
import { LevelEditor } from './LevelEditor';
import { LineDetails } from './LineDetails';
import { LogRow } from './LogRow';
import { isLive, isNarrowed, type LogSearch, parametersOf, tidy } from './search.logic';
import type { LogEntry, LogSession } from './session';

export type Go = (next: LogSearch, replace?: boolean) => void;

export default function LogsPage() {
  const search: LogSearch = useSearch({ from: '/logs' });
  const navigate = useNavigate({ from: '/logs' });
  const go: Go = useCallback(
    (next, replace = false) => void navigate({ search: tidy(next), replace, resetScroll: false }),
    [navigate],
  );
  const levels = useLayer('log-levels');
  const session = useLogSession(search);
  const [paused, setPaused] = useState(false);
  const state = useSessionState(session);
  const refused = state?.phase === 'failed' ? fieldOf(state.error) : undefined;
  const live = isLive(search);
  const narrowed = isNarrowed(search);
  useCommands([
    ...(live
      ? [
          {
            id: 'logs-pause',
            label: paused ? t.logs.follow : t.logs.pause,
            icon: paused ? IconPlayerPlay : IconPlayerPause,
            keys: 'p',
            group: 'page' as const,
            run: () => setPaused(!paused),
          },
        ]
      : []),
    { id: 'logs-levels', label: t.logs.levels, icon: IconAdjustments, group: 'page', run: levels.open },
    ...(narrowed
      ? [
          {
            id: 'logs-clear',
            label: t.logs.clear,
            icon: IconFilterOff,
            group: 'page' as const,
            run: () => go({}),
          },
        ]
      : []),
  ]);
  const file = (format: string) => addressOf('/api/logs/download', { ...parametersOf(search), format });
  return (
    <div className="page logs">
      <PageHeader
        title={t.logs.title}
        actions={
          <>
            <Link session={session} live={live} paused={paused} />
            {live && (
              <Button
                variant="default"
                className="logs-act"
                aria-label={paused ? t.logs.follow : t.logs.pause}
                aria-pressed={paused}
                leftSection={
                  paused ? (
                    <IconPlayerPlay size={16} aria-hidden />
                  ) : (
                    <IconPlayerPause size={16} aria-hidden />
                  )
                }
                onClick={() => setPaused(!paused)}
              >
                {paused ? t.logs.follow : t.logs.pause}
              </Button>
            )}
            <ActionMenu
              label={t.logs.download}
              entries={() => [
                { heading: narrowed ? t.logs.downloadShown : t.logs.downloadAll },
                { label: t.logs.asJson, icon: IconDownload, href: file('jsonl'), download: true },
                { label: t.logs.asText, icon: IconFileText, href: file('text'), download: true },
              ]}
              trigger={({ ref, ...props }) => (
                <Button
                  ref={ref}
                  variant="default"
                  leftSection={<IconDownload size={16} aria-hidden />}
                  {...props}
                  className="logs-act"
                  aria-label={t.logs.download}
                >
                  {t.logs.download}
                </Button>
              )}
            />
            <Button
              variant="default"
              className="logs-act"
              aria-label={t.logs.levels}
              leftSection={<IconAdjustments size={16} aria-hidden />}
              onClick={levels.open}
            >
              {t.logs.levels}
            </Button>
          </>
        }
      />
      <Filters search={search} go={go} refused={refused} />
      <Histogram search={search} go={go} session={session} />
      <Lines search={search} go={go} session={session} paused={paused} setPaused={setPaused} />
      {levels.opened && <LevelEditor onClose={levels.close} />}
    </div>
  );
}

/** What the gateway found wrong with what was typed, by the field's name. */
function fieldOf(error: unknown): { field: string; words: string } | undefined {
  if (!(error instanceof ApiError) || error.status !== 400) return undefined;
  const details = error.body.details as { field?: unknown; expected?: unknown } | null | undefined;
  return typeof details?.field === 'string' ? { field: details.field, words: error.message } : undefined;
}

function Link({
  session,
  live,
  paused,
}: {
  session: LogSession | undefined;
  live: boolean;
  paused: boolean;
}) {
  const state = useSessionState(session);
  if (!live || !state || state.phase !== 'ready') return null;
  const words = paused ? t.logs.paused : t.logs.link[state.link];
  const tone = paused ? 'off' : state.link === 'live' ? 'good' : state.link === 'refused' ? 'bad' : 'busy';
  return (
    <span className="logs-link" role="status">
      <StatusDot tone={tone}>{words}</StatusDot>
    </span>
  );
}

interface LinesProps {
  search: LogSearch;
  go: Go;
  session: LogSession | undefined;
  paused: boolean;
  setPaused: (paused: boolean) => void;
}

function Lines({ search, go, session, paused, setPaused }: LinesProps) {
  const tail = useTail(session);
  const state = useSessionState(session);
  const [away, setAway] = useState(false);
  useEffect(() => session?.tail.hold(paused || away), [session, paused, away]);
  // Another list begins at its end.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the session is what changes
  useEffect(() => setAway(false), [session]);
  const entries = tail?.entries ?? [];
  const open = (id: number | undefined) => go({ ...search, open: id }, true);
  const step = (by: number) => {
    const lines = entries.filter((entry) => entry.value !== undefined);
    const at = lines.findIndex(({ id }) => id === search.open);
    return at === -1 ? undefined : lines[at + by]?.id;
  };
  const details = search.open !== undefined && (
    <LineDetails
      id={search.open}
      line={entries.find(({ id }) => id === search.open)?.value}
      search={search}
      go={go}
      previous={step(-1)}
      next={step(1)}
      onOpen={open}
    />
  );
  if (state?.phase === 'failed' && !fieldOf(state.error))
    return <ErrorState error={state.error} onRetry={() => void session?.start()} />;
  const ready = state?.phase === 'ready';
  const empty = ready && entries.length === 0;
  return (
    <>
      <div className="card logs-lines" data-empty={empty || undefined}>
        {!ready ? (
          state?.phase === 'failed' ? (
            <EmptyState
              icon={IconZoomExclamation}
              title={t.logs.noneTitle}
              body={fieldOf(state.error)?.words}
            />
          ) : (
            <Loading />
          )
        ) : empty ? (
          <Empty search={search} searching={state.older === 'loading'} go={go} />
        ) : (
          <>
            <Older session={session} />
            <TailList
              key={`${session?.key}`}
              label={t.logs.lines}
              entries={entries}
              shift={tail?.shift ?? false}
              row={(entry, place) => <LogRow entry={entry} before={entries[place - 1]} search={search} />}
              open={search.open}
              onOpen={(entry: LogEntry) => entry.value && open(entry.id)}
              onAway={setAway}
              onOlder={() => {
                if (state.older === 'more') void session?.older();
              }}
              waiting={tail?.held ? t.logs.waiting(tail.held) : undefined}
              onWaiting={() => {
                setPaused(false);
                setAway(false);
              }}
            />
          </>
        )}
      </div>
      {details}
    </>
  );
}

/** What is going on before the first line: it lies over the list, so that nothing moves. */
function Older({ session }: { session: LogSession | undefined }) {
  const older = useSessionState(session)?.older;
  if (older === 'loading') return <div className="logs-older">{t.logs.olderComing}</div>;
  if (older !== 'failed') return null;
  return (
    <div className="logs-older" data-tone="bad">
      {t.logs.olderFailed}
      <Button size="compact-xs" variant="default" onClick={() => void session?.older()}>
        {t.common.retry}
      </Button>
    </div>
  );
}

function Empty({ search, searching, go }: { search: LogSearch; searching: boolean; go: Go }) {
  if (searching) return <Loading />;
  return isNarrowed(search) ? (
    <EmptyState
      role="status"
      icon={IconZoomExclamation}
      title={t.logs.noneTitle}
      body={isLive(search) ? t.logs.noneYet : t.logs.noneBody}
      action={{ label: t.logs.clear, onClick: () => go({}) }}
    />
  ) : (
    <EmptyState icon={IconFileText} title={t.logs.emptyTitle} body={t.logs.emptyBody} />
  );
}

const Loading = () => (
  <div className="logs-loading" aria-busy="true" role="status" aria-label={t.common.loading}>
    {Array.from({ length: 14 }, (_, place) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
      <Skeleton key={place} h={18} w={`${45 + ((place * 37) % 50)}%`} />
    ))}
  </div>
);
