/** One conversation in the list: its title, how it stands, and what can be done to it. */
import { ActionIcon } from '@mantine/core';
import { IconDots, IconPinFilled } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, memo, useEffect, useRef, useState } from 'react';
import type { Session } from '@/api/types';
import { t } from '@/i18n';
import { absoluteTime } from '@/i18n/format';
import { ActionMenu } from '@/ui/ActionMenu';
import type { Commands } from './commands';
import { ORIGIN_ICON } from './origins';
import { sessionEntries } from './SessionMenu';

export interface SessionRowProps {
  session: Session;
  active: boolean;
  /** The one that Tab reaches. */
  reachable: boolean;
  commands: Commands;
  why: string | undefined;
  onPick: (() => void) | undefined;
  onFocus: (id: string) => void;
}

export const SessionRow = memo(function SessionRow(props: SessionRowProps) {
  const { session, active, reachable, commands, why, onPick, onFocus } = props;
  const [renaming, setRenaming] = useState(false);
  const link = useRef<HTMLAnchorElement>(null);
  const w = t.chatList;
  const title = session.title || w.untitled;
  const running = session.active_turns > 0;
  const unread = session.unread && !active;
  const Origin = ORIGIN_ICON[session.origin];

  const endRenaming = (name: string | undefined) => {
    setRenaming(false);
    const clean = name?.trim();
    if (clean && clean !== session.title) void commands.rename(session, clean);
    // The link is there again after the next drawing.
    setTimeout(() => link.current?.focus({ preventScroll: true }));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'F2' && !why) setRenaming(true);
    else if (event.key === 'Delete' && !why) void commands.remove(session);
    else return;
    event.preventDefault();
  };

  if (renaming)
    return (
      <li className="session" data-active={active || undefined}>
        <TitleField value={session.title} onEnd={endRenaming} />
      </li>
    );
  return (
    <li className="session" data-active={active || undefined} data-unread={unread || undefined}>
      <Link
        ref={link}
        to="/chat/$session"
        params={{ session: session.id }}
        search={(before) => ({ ...before, turn: undefined })}
        className="session-link"
        data-session={session.id}
        tabIndex={reachable ? 0 : -1}
        aria-current={active ? 'page' : undefined}
        aria-keyshortcuts="F2 Delete"
        title={`${title}\n${absoluteTime(session.updated_at)}`}
        onClick={onPick}
        onFocus={() => onFocus(session.id)}
        onKeyDown={onKeyDown}
      >
        {running ? (
          <span className="session-running" role="img" aria-label={w.running} />
        ) : (
          session.origin !== 'chat' && (
            <Origin
              className="session-origin"
              size={15}
              stroke={1.7}
              role="img"
              aria-label={w.origins[session.origin]}
            />
          )
        )}
        <span className="session-title">{title}</span>
        <span className="session-end">
          {session.pinned && <IconPinFilled size={12} role="img" aria-label={w.isPinned} />}
          {unread && <span className="session-unread" role="img" aria-label={w.unread} />}
        </span>
      </Link>
      <ActionMenu
        label={w.menu(title)}
        entries={() => sessionEntries({ session, commands, why, onRename: () => setRenaming(true) })}
        trigger={(given) => (
          <ActionIcon
            {...given}
            size={30}
            variant="subtle"
            color="gray"
            className="session-menu"
            tabIndex={reachable ? 0 : -1}
            aria-label={w.menu(title)}
          >
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        )}
      />
    </li>
  );
});

function TitleField({ value, onEnd }: { value: string; onEnd: (name: string | undefined) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const ended = useRef(false);
  useEffect(() => field.current?.select(), []);
  const end = (name: string | undefined) => {
    if (ended.current) return;
    ended.current = true;
    onEnd(name);
  };
  return (
    <input
      ref={field}
      className="session-field"
      aria-label={t.chatList.titleLabel}
      defaultValue={value}
      maxLength={120}
      onBlur={(event) => end(event.currentTarget.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.nativeEvent.isComposing) return;
        if (event.key === 'Enter') end(event.currentTarget.value);
        else if (event.key === 'Escape') {
          event.preventDefault();
          end(undefined);
        }
      }}
    />
  );
}
