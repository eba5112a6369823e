/** The actions of one conversation's messages, made once so that rows stay as they are. */
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { type RefObject, useCallback, useMemo } from 'react';
import { api, take } from '@/api/client';
import { t } from '@/i18n';
import type { ComposerHandle } from './Composer';
import { live } from './live';
import type { ThreadActions } from './ThreadActions';
import type { UserRow } from './thread.logic';

const failed = (title: string) => (error: Error) =>
  notifications.show({ color: 'red', title, message: error.message });

export function useStop() {
  return useCallback((turnId: string) => {
    live.stop(turnId).catch(failed(t.thread.stopFailed));
  }, []);
}

export interface ActionsOf {
  id: string;
  composer: RefObject<ComposerHandle | null>;
  /** The reader wants to see the end from now on. */
  toEnd: () => void;
}

export function useActionsOf({ id, composer, toEnd }: ActionsOf): ThreadActions {
  const client = useQueryClient();
  const stop = useStop();
  return useMemo<ThreadActions>(
    () => ({
      edit(turnId, text) {
        live.send(id, text, false, { replaces: turnId });
        toEnd();
      },
      regenerate(turnId, question, model) {
        live.send(id, question, false, model ? { replaces: turnId, model } : { replaces: turnId });
        toEnd();
      },
      show(turnId) {
        take(api.POST('/api/turns/{id}/show', { params: { path: { id: turnId } } }))
          .then(() => client.invalidateQueries({ queryKey: ['get', '/api/sessions/{id}/messages', id] }))
          .catch(failed(t.thread.showFailed));
      },
      withdraw(row: UserRow) {
        const entry = row.clientId ? live.drop(row.clientId) : undefined;
        if (row.turnId) stop(row.turnId);
        if (entry || row.turnId) composer.current?.bringBack(row.text);
      },
      sendAgain: (clientId) => live.sendAgain(clientId),
      decide(turnId, requestId, decision) {
        if (!live.decide(turnId, requestId, decision))
          notifications.show({ color: 'red', title: t.thread.decideFailed, message: t.thread.waiting });
      },
      linkTo: (turnId) => `${location.origin}/chat/${encodeURIComponent(id)}?turn=${turnId}`,
    }),
    [id, client, composer, stop, toEnd],
  );
}
