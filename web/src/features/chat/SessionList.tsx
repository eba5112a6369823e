/** The conversations: search over all that was said, new, rename, delete. */
import './sessions.css';
import { ActionIcon, Button, Menu, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconDots, IconPencil, IconPlus, IconSearch, IconTrash, IconX } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Session } from '@/api/types';
import { t } from '@/i18n';
import { ErrorNote } from '@/ui/ErrorNote';
import { NameDialog } from '@/ui/NameDialog';
import { useNow } from '@/ui/useNow';
import { useSessionActions, useSessions } from './data';
import { SearchResults } from './SearchResults';
import { grouped } from './sessions.logic';

const UNDO_MS = 8_000;

export function SessionList({ current, onPick }: { current: string | null; onPick?: () => void }) {
  const [typed, setTyped] = useState('');
  const [query] = useDebouncedValue(typed.trim(), 200);
  return (
    <>
      <div className="sessions-top">
        <Button
          component={Link}
          to="/chat"
          fullWidth
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={onPick}
        >
          {t.chat.newSession}
        </Button>
        <TextInput
          type="search"
          placeholder={t.chat.search}
          aria-label={t.chat.search}
          leftSection={<IconSearch size={16} aria-hidden />}
          rightSection={
            typed && (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t.chat.clearSearch}
                onClick={() => setTyped('')}
              >
                <IconX size={15} aria-hidden />
              </ActionIcon>
            )
          }
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || !typed) return;
            event.preventDefault();
            setTyped('');
          }}
        />
      </div>
      <div className="sessions-list">
        {query.length >= 2 ? (
          <SearchResults query={query} onPick={onPick} />
        ) : (
          <Stored current={current} onPick={onPick} />
        )}
      </div>
    </>
  );
}

function Stored({ current, onPick }: { current: string | null; onPick?: () => void }) {
  const list = useSessions();
  const now = useNow(60_000);
  if (list.isPending)
    return (
      <Stack gap={8} p="xs" aria-busy="true">
        {[80, 60, 70, 50].map((width) => (
          <Skeleton key={width} h={16} w={`${width}%`} my={6} />
        ))}
      </Stack>
    );
  if (list.isError && !list.data) return <ErrorNote error={list.error} onRetry={() => void list.refetch()} />;
  const groups = grouped(list.data?.pages.flatMap((page) => page.sessions) ?? [], new Date(now));
  return (
    <nav aria-label={t.chat.sessions}>
      {groups.length === 0 && (
        <Text c="dimmed" fz="sm" p="xs">
          {t.chat.noSessions}
        </Text>
      )}
      {groups.map((group) => (
        <section key={group.name} aria-label={t.chat[group.name]}>
          <Text fz="xs" fw={600} c="dimmed" px={10} pt={10} pb={4}>
            {t.chat[group.name]}
          </Text>
          <ul className="plain">
            {group.sessions.map((session) => (
              <SessionRow
                key={session.id}
                session={session}
                active={session.id === current}
                onPick={onPick}
              />
            ))}
          </ul>
        </section>
      ))}
      {list.hasNextPage && (
        <Button
          variant="subtle"
          size="compact-sm"
          fullWidth
          mt="xs"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t.common.showMore}
        </Button>
      )}
    </nav>
  );
}

/** The failure is on the screen by now. */
const shownAlready = () => {};

function SessionRow(props: { session: Session; active: boolean; onPick?: () => void }) {
  const { session, active, onPick } = props;
  const [renaming, setRenaming] = useState(false);
  const { rename, remove, restore } = useSessionActions();
  const navigate = useNavigate();
  const title = session.title || t.chat.untitled;

  // The news of a deletion may take this row away before its answer is here, and a row that is
  // gone hears no callbacks: so what follows hangs on the promise. A failure is shown by all
  // mutations alike.
  const bringBack = async (note: string) => {
    notifications.hide(note);
    await restore.mutateAsync(session.id);
    notifications.show({ message: t.chat.restored, autoClose: 3_000 });
  };
  const removeWithUndo = async () => {
    await remove.mutateAsync(session.id);
    if (active) void navigate({ to: '/chat' });
    const note = `deleted-${session.id}`;
    notifications.show({
      id: note,
      autoClose: UNDO_MS,
      message: (
        <span className="undo">
          <span>{t.chat.deleted(title)}</span>
          <Button size="compact-sm" variant="light" onClick={() => bringBack(note).catch(shownAlready)}>
            {t.common.undo}
          </Button>
        </span>
      ),
    });
  };

  return (
    <li className="session" data-active={active || undefined}>
      <Link
        to="/chat/$session"
        params={{ session: session.id }}
        className="session-link"
        aria-current={active ? 'page' : undefined}
        onClick={onPick}
      >
        {session.active_turns > 0 && (
          <span className="session-running" role="img" aria-label={t.chat.running} title={t.chat.running} />
        )}
        <span className="session-title">{title}</span>
      </Link>
      <Menu position="bottom-end" width={160}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" className="session-menu" aria-label={t.chat.menu(title)}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={15} aria-hidden />} onClick={() => setRenaming(true)}>
            {t.common.rename}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconTrash size={15} aria-hidden />}
            onClick={() => removeWithUndo().catch(shownAlready)}
          >
            {t.common.delete}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {renaming && (
        <NameDialog
          title={t.chat.renameTitle}
          label={t.chat.titleLabel}
          value={session.title}
          busy={rename.isPending}
          onClose={() => setRenaming(false)}
          onSave={(next) =>
            rename.mutate({ id: session.id, title: next }, { onSuccess: () => setRenaming(false) })
          }
        />
      )}
    </li>
  );
}
