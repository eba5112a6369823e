/** Tells the gateway that a conversation was looked at: it is open, and its tab is the one on the screen. */
import { useEffect, useSyncExternalStore } from 'react';
import type { Session } from '@/api/types';
import { useSessionActions } from './data';

const watchVisible = (changed: () => void) => {
  document.addEventListener('visibilitychange', changed);
  return () => document.removeEventListener('visibilitychange', changed);
};
export const useVisible = () =>
  useSyncExternalStore(watchVisible, () => document.visibilityState === 'visible');

export function useReadMark(session: Session | undefined, may: boolean) {
  const actions = useSessionActions();
  const visible = useVisible();
  const due = may && visible && session?.unread ? session.id : undefined;
  useEffect(() => {
    // Should it fail, the mark stays, and the next look tries again.
    if (due) actions.change(due, { read: true }).catch(() => {});
  }, [due, actions]);
}
