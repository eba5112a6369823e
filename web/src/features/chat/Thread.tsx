/** One conversation: what is stored and what is going on, and the field to say more. */
import './thread.css';
import { Skeleton, Stack } from '@mantine/core';
import { IconMessageOff } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { lazy, memo, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { ApiError } from '@/api/client';
import type { Message, Turn } from '@/api/types';
import { useWhyNot } from '@/app/can';
import { t } from '@/i18n';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { toast } from '@/ui/toast';
import { useTitle } from '@/ui/useTitle';
import { Answer } from './Answer';
import { useCopy } from './copied';
import { useSession } from './data';
import { Foot, type FootHandle } from './Foot';
import { histories, useHistory } from './history';
import { live, useLive } from './live';
import { conversationMarkdown } from './markdownOf';
import { Question } from './Question';
import { saidTexts, splitQueue } from './queue.logic';
import { Scroller } from './Scroller';
import { sameFields } from './sameRow';
import { Actions, Locked } from './ThreadActions';
import { ThreadTop } from './ThreadTop';
import { heldByStore, leftBehind, mergeThread, type Row } from './thread.logic';
import { isFinal, type LiveTurn } from './turn.logic';
import { useDeepLink } from './useDeepLink';
import { useActionsOf, useStop } from './useThreadActions';
import { Welcome } from './Welcome';

const SteadyFoot = memo(Foot);
const FindBar = lazy(() => import('./FindBar').then((module) => ({ default: module.FindBar })));

/** So many of the newest rows are read at once; the others when they come near the screen. */
const SOON = 12;

export interface ThreadProps {
  id: string;
  /** It has no address yet: nothing was said. */
  isNew: boolean;
  onFirstMessage: () => void;
  onShowSessions: () => void;
}

export function Thread({ id, isNew, onFirstMessage, onShowSessions }: ThreadProps) {
  const now = useLive(id);
  const known = !isNew && !live.isUnborn(id);
  const { history, query } = useHistory(id, known);
  const session = useSession(id, known);
  const foot = useRef<FootHandle>(null);
  const box = useRef<HTMLDivElement>(null);
  const title = isNew ? t.thread.untitled : session.data?.title || t.thread.untitled;
  useTitle(isNew ? t.thread.title : title);
  useFollowing(id, query.data);

  const { messages } = history;
  const rows = useMemo(() => mergeThread(messages, now.turns, now.waiting), [messages, now]);
  const { shown, queue } = useMemo(() => splitQueue(rows), [rows]);
  const said = useMemo(() => saidTexts(rows), [rows]);
  // An answer grows many times a second; what stands below it does not change with it.
  const steadyQueue = useSteady(queue, sameFields);
  const steadySaid = useSteady(said, Object.is);
  useForgetting(messages, now.turns);
  useDeepLink(id, box, query.isSuccess && rows.length > 0);
  const earlier = useEarlier(id, history.cursor);
  const running = now.turns.find((turn) => !isFinal(turn.state) && turn.state !== 'queued');
  const runningId = running?.turnId;
  const stopping = running?.stopping ?? false;
  const underWay = useMemo(
    () => (runningId ? { turnId: runningId, stopping } : undefined),
    [runningId, stopping],
  );
  const busy = now.waiting.length > 0 || now.turns.some((turn) => !isFinal(turn.state));

  const whyNot = useWhyNot('chat');
  const toEnd = useCallback(() => box.current?.scrollTo({ top: 0 }), []);
  const stop = useStop();
  const actions = useActionsOf({ id, foot, toEnd });
  const sent = useCallback(() => {
    toEnd();
    if (isNew) onFirstMessage();
  }, [isNew, onFirstMessage, toEnd]);
  useEscape(running ? () => stop(running.turnId) : undefined);
  const find = useFind(id);
  const copy = useCopy();
  const copyAll = () =>
    void histories
      // An answer that has just ended may be known here by its events alone.
      .refresh(id)
      .then(() => histories.readAll(id))
      .then(() => copy(conversationMarkdown(title, histories.of(id).messages), t.thread.copiedConversation))
      .catch((error: unknown) => toast.failed(error, t.thread.loadFailed));

  const missing = query.error instanceof ApiError && query.error.status === 404;
  const row = (one: Row, place: number) =>
    one.kind === 'user' ? (
      <Question key={one.key} row={one} />
    ) : (
      <Answer key={one.key} row={one} soon={place >= shown.length - SOON} />
    );
  return (
    <section className="thread" aria-label={t.thread.conversation}>
      <ThreadTop
        title={title}
        empty={rows.length === 0}
        onShowSessions={onShowSessions}
        onFind={find.open}
        onCopy={copyAll}
      />
      {find.opened && (
        <Suspense fallback={null}>
          <FindBar box={box} version={messages} loading={find.loading} onClose={find.close} />
        </Suspense>
      )}
      {shown.length > 0 ? (
        <Actions value={actions}>
          <Locked value={whyNot ?? (busy ? t.thread.busy : undefined)}>
            <Scroller
              box={box}
              count={shown.length - earlier.base}
              growing={running !== undefined}
              earlier={earlier}
            >
              {shown.map(row)}
            </Scroller>
          </Locked>
        </Actions>
      ) : (
        <div className="thread-body thread-center">
          {missing ? (
            <Missing />
          ) : query.isError ? (
            <ErrorState
              title={t.thread.loadFailed}
              error={query.error}
              onRetry={() => void query.refetch()}
            />
          ) : known && query.isPending ? (
            <Loading />
          ) : (
            <Welcome onPick={(text) => foot.current?.bringBack(text)} />
          )}
        </div>
      )}
      <div role="status" className="unseen">
        {running ? t.thread.answering : shown.at(-1)?.kind === 'answer' ? t.thread.answered : ''}
      </div>
      {!missing && (
        <SteadyFoot
          ref={foot}
          id={id}
          isNew={isNew}
          session={known ? session.data : undefined}
          running={underWay}
          queue={steadyQueue}
          said={steadySaid}
          onStop={stop}
          onSent={sent}
        />
      )}
    </section>
  );
}

/** The same list as before for as long as it says the same. */
function useSteady<T>(list: readonly T[], same: (before: T, after: T) => boolean): readonly T[] {
  const kept = useRef(list);
  const before = kept.current;
  const unchanged =
    before.length === list.length && list.every((one, place) => same(before[place] as T, one));
  if (!unchanged) kept.current = list;
  return kept.current;
}

/** Takes over turns that run in this conversation, whoever began them. */
function useFollowing(id: string, turns: readonly Turn[] | undefined) {
  useEffect(() => {
    live.open(id);
    return () => live.open(null);
  }, [id]);
  useEffect(() => {
    if (turns) live.adopt(turns);
  }, [turns]);
}

function useForgetting(messages: readonly Message[], turns: readonly LiveTurn[]) {
  useEffect(() => {
    const held = [...heldByStore(messages, turns), ...leftBehind(messages, turns)];
    if (held.length > 0) live.forget(held);
  }, [messages, turns]);
}

/** Pages of earlier messages. `base` counts those that came in above, so that they are not taken for new ones. */
function useEarlier(id: string, cursor: string | null | undefined) {
  const [loading, setLoading] = useState(false);
  const [failed, setFailed] = useState(false);
  const load = useCallback(() => {
    setLoading(true);
    setFailed(false);
    histories
      .readOlder(id)
      .catch(() => setFailed(true))
      .finally(() => setLoading(false));
  }, [id]);
  return { more: typeof cursor === 'string', loading, failed, load, base: -histories.of(id).base };
}

/** The search in the conversation. The browser's own needs all of it on the page too. */
function useFind(id: string) {
  const [opened, setOpened] = useState(false);
  const [loading, setLoading] = useState(false);
  const loadAll = useCallback(() => {
    setLoading(true);
    void histories
      .readAll(id)
      .catch(() => undefined)
      .finally(() => setLoading(false));
  }, [id]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === 'f' && (event.ctrlKey || event.metaKey) && !event.altKey) loadAll();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [loadAll]);
  const open = useCallback(() => {
    setOpened(true);
    loadAll();
  }, [loadAll]);
  const close = useCallback(() => setOpened(false), []);
  return { opened, loading, open, close };
}

/** Esc stops the answer, unless it has something nearer to close. */
function useEscape(action: (() => void) | undefined) {
  const latest = useRef(action);
  useEffect(() => {
    latest.current = action;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return;
      if (document.querySelector('[role="dialog"], [role="menu"]')) return;
      latest.current?.();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

const Loading = () => (
  <Stack className="thread-loading" aria-busy="true" role="status" aria-label={t.common.loading}>
    <Skeleton h={38} w="45%" ml="auto" radius="lg" />
    <Skeleton h={90} />
    <Skeleton h={38} w="30%" ml="auto" radius="lg" />
    <Skeleton h={60} w="80%" />
  </Stack>
);

function Missing() {
  const navigate = useNavigate();
  return (
    <EmptyState
      icon={IconMessageOff}
      title={t.thread.notFoundTitle}
      body={t.thread.notFoundBody}
      action={{ label: t.thread.newSession, onClick: () => void navigate({ to: '/chat' }) }}
    />
  );
}
