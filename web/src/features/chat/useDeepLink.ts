/** Goes to the message that the address names, wherever in the conversation it is. */
import { notifications } from '@mantine/notifications';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { t } from '@/i18n';
import { bringTo } from './anchor';
import { histories } from './history';

export function useDeepLink(id: string, box: RefObject<HTMLDivElement | null>, ready: boolean) {
  const search: { turn?: unknown } = useSearch({ strict: false });
  const turn = typeof search.turn === 'string' ? search.turn : undefined;
  const [target, setTarget] = useState<string>();
  const done = useRef<string>(undefined);
  const navigate = useNavigate();

  useEffect(() => {
    if (!turn) done.current = undefined;
    if (!turn || !ready || done.current === turn) return;
    done.current = turn;
    let current = true;
    histories.readUntil(id, turn).then(
      (found) => {
        if (!current) return;
        if (found) setTarget(turn);
        else notifications.show({ message: t.thread.notHere, color: 'yellow' });
      },
      (error: Error) =>
        notifications.show({ title: t.thread.earlierFailed, message: error.message, color: 'red' }),
    );
    return () => {
      current = false;
    };
  }, [id, turn, ready]);

  useEffect(() => {
    if (!target || !box.current) return;
    // The rows are there after this very rendering, since the history was read before.
    bringTo(box.current, target);
    setTarget(undefined);
    // The address leads here again when it is chosen again.
    void navigate({
      to: '.',
      search: (before: Record<string, unknown>) => ({ ...before, turn: undefined }),
      replace: true,
    } as never);
    done.current = undefined;
  }, [target, box, navigate]);
}
