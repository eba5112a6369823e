/** Goes to the message that the address names, wherever in the conversation it is. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { t } from '@/i18n';
import { toast } from '@/ui/toast';
import { bringTo } from './anchor';
import { histories } from './history';

export function useDeepLink(id: string, box: RefObject<HTMLDivElement | null>, ready: boolean) {
  const { turn } = useSearch({ strict: false });
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
        else toast.failed(new Error(t.thread.notHere));
      },
      (error: unknown) => toast.failed(error, t.thread.earlierFailed),
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
      to: '/chat/$session',
      params: { session: id },
      search: (before) => ({ ...before, turn: undefined }),
      replace: true,
    });
    done.current = undefined;
  }, [id, target, box, navigate]);
}
