/** One conversation: what is stored and what is going on, and the field to say more. */
import './thread.css';
import { ActionIcon, Button, Skeleton, Stack, Title, VisuallyHidden } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowDown, IconLayoutSidebar, IconMessageOff } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { ApiError } from '@/api/client';
import { t } from '@/i18n';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorNote } from '@/ui/ErrorNote';
import { useTitle } from '@/ui/useTitle';
import { Answer } from './Answer';
import { useMessages, useSession } from './data';
import { Foot, type FootHandle } from './Foot';
import { live, useLive } from './live';
import { Question } from './Question';
import { saidTexts, splitQueue } from './queue.logic';
import { flatten, heldByStore, mergeThread, type Row, type UserRow } from './thread.logic';
import { isFinal } from './turn.logic';
import { Welcome } from './Welcome';

const AWAY_PX = 80;

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
  const stored = useMessages(id, known);
  const session = useSession(id, known);
  const foot = useRef<FootHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const title = isNew ? t.chat.untitled : session.data?.title || t.chat.untitled;
  useTitle(isNew ? t.chat.title : title);
  useFollowing(id, stored.data);

  const messages = useMemo(() => flatten(stored.data?.pages ?? []), [stored.data]);
  const rows = useMemo(() => mergeThread(messages, now.turns, now.waiting), [messages, now]);
  const { shown, queue } = useMemo(() => splitQueue(rows), [rows]);
  const said = useMemo(() => saidTexts(rows), [rows]);
  useForgetting(messages, now.turns);
  const running = now.turns.find((turn) => !isFinal(turn.state) && turn.state !== 'queued');

  const sent = useCallback(() => {
    scroller.current?.scrollTo({ top: 0 });
    if (isNew) onFirstMessage();
  }, [isNew, onFirstMessage]);
  const send = useCallback(
    (text: string) => {
      live.send(id, text, isNew || live.isUnborn(id));
      sent();
    },
    [id, isNew, sent],
  );
  const stop = useCallback((turnId: string) => {
    live
      .stop(turnId)
      .catch((error: Error) =>
        notifications.show({ color: 'red', title: t.chat.stopFailed, message: error.message }),
      );
  }, []);
  const withdraw = useCallback((row: UserRow) => foot.current?.withdraw(row), []);
  const sendAgain = useCallback((clientId: string) => live.sendAgain(clientId), []);
  useEscape(running ? () => stop(running.turnId) : undefined);

  const missing = stored.error instanceof ApiError && stored.error.status === 404;
  const row = (one: Row) =>
    one.kind === 'user' ? (
      <Question key={one.key} row={one} onWithdraw={withdraw} onSendAgain={sendAgain} />
    ) : (
      <Answer key={one.key} row={one} onRetry={send} />
    );
  return (
    <section className="thread" aria-label={t.chat.conversation}>
      <header className="thread-top">
        <ActionIcon
          hiddenFrom="md"
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t.chat.sessions}
          onClick={onShowSessions}
        >
          <IconLayoutSidebar size={19} aria-hidden />
        </ActionIcon>
        <Title order={1} fz={16} lineClamp={1} title={title}>
          {title}
        </Title>
      </header>
      {shown.length > 0 ? (
        <Scroller ref={scroller}>
          {stored.hasNextPage && (
            <Button
              variant="subtle"
              size="compact-sm"
              className="earlier"
              loading={stored.isFetchingNextPage}
              onClick={() => void stored.fetchNextPage()}
            >
              {t.chat.earlier}
            </Button>
          )}
          {shown.map(row)}
        </Scroller>
      ) : (
        <div className="thread-body thread-center">
          {missing ? (
            <Missing />
          ) : stored.isError ? (
            <div className="thread-error">
              <ErrorNote
                title={t.chat.loadFailed}
                error={stored.error}
                onRetry={() => void stored.refetch()}
              />
            </div>
          ) : known && stored.isPending ? (
            <Loading />
          ) : (
            <Welcome onPick={(text) => foot.current?.bringBack(text)} />
          )}
        </div>
      )}
      <VisuallyHidden role="status">
        {running ? t.chat.answering : shown.at(-1)?.kind === 'answer' ? t.chat.answered : ''}
      </VisuallyHidden>
      {!missing && (
        <Foot
          ref={foot}
          id={id}
          isNew={isNew}
          session={known ? session.data : undefined}
          running={running}
          queue={queue}
          said={said}
          onStop={stop}
          onSent={sent}
        />
      )}
    </section>
  );
}

/** Takes over turns that run in this conversation, whoever began them. */
function useFollowing(id: string, data: ReturnType<typeof useMessages>['data']) {
  useEffect(() => {
    live.open(id);
    return () => live.open(null);
  }, [id]);
  useEffect(() => {
    const newest = data?.pages[0];
    if (newest) live.adopt(newest.turns);
  }, [data]);
}

function useForgetting(
  messages: Parameters<typeof heldByStore>[0],
  turns: Parameters<typeof heldByStore>[1],
) {
  useEffect(() => {
    const held = heldByStore(messages, turns);
    if (held.length > 0) live.forget(held);
  }, [messages, turns]);
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

/** Grows upwards: its zero is the newest message, where the browser stays by itself unless the reader leaves. */
function Scroller({ ref, children }: { ref: React.RefObject<HTMLDivElement | null>; children: ReactNode }) {
  const [away, setAway] = useState(false);
  return (
    <div className="thread-body">
      <div
        ref={ref}
        className="scroller"
        role="log"
        aria-label={t.chat.messages}
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        onScroll={(event) => setAway(event.currentTarget.scrollTop < -AWAY_PX)}
      >
        <div className="rows">{children}</div>
      </div>
      {away && (
        <Button
          className="jump"
          size="compact-md"
          radius="xl"
          leftSection={<IconArrowDown size={15} aria-hidden />}
          onClick={() => ref.current?.scrollTo({ top: 0 })}
        >
          {t.chat.jump}
        </Button>
      )}
    </div>
  );
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
      title={t.chat.notFoundTitle}
      body={t.chat.notFoundBody}
      action={{ label: t.chat.newSession, onClick: () => void navigate({ to: '/chat' }) }}
    />
  );
}
