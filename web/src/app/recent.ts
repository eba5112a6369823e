/** The conversations used last: the palette offers them, and those with something new are counted in the tab. */
import { useRouterState } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { $api } from '@/api/client';
import type { Session } from '@/api/types';
import { useSetBadge } from './badge';

/** What is older and unread is still marked in its list. */
const LOOKED_AT = 50;

export const useRecentSessions = () =>
  $api.useQuery('get', '/api/sessions', { params: { query: { limit: LOOKED_AT } } }, { staleTime: 60_000 });

/** How many have news that nobody saw; the one on the screen is being looked at. */
export const unreadBesides = (sessions: readonly Session[], seen: string | undefined) =>
  sessions.filter((session) => session.unread && session.id !== seen).length;

const isVisible = () => document.visibilityState === 'visible';

function useVisible() {
  const [visible, setVisible] = useState(isVisible);
  useEffect(() => {
    const look = () => setVisible(isVisible());
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  return visible;
}

export function useUnreadBadge() {
  const recent = useRecentSessions();
  const visible = useVisible();
  const open = useRouterState({ select: ({ location }) => /^\/chat\/([^/]+)/.exec(location.pathname)?.[1] });
  useSetBadge('chat', unreadBesides(recent.data?.sessions ?? [], visible ? open : undefined));
}
