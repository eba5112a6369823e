/** The actions of one conversation's messages, made once so that rows stay as they are. */
import { useQueryClient } from '@tanstack/react-query';
import { type RefObject, useCallback, useMemo } from 'react';
import { api, take } from '@/api/client';
import { t } from '@/i18n';
import { toast } from '@/ui/toast';
import type { FootHandle } from './Foot';
import { live } from './live';
import type { ThreadActions } from './ThreadActions';

export function useStop() {
  return useCallback((turnId: string) => {
    live.stop(turnId).catch((error: unknown) => toast.failed(error, t.thread.stopFailed));
  }, []);
}

export interface ActionsOf {
  id: string;
  foot: RefObject<FootHandle | null>;
  /** The reader wants to see the end from now on. */
  toEnd: () => void;
}

export function useActionsOf({ id, foot, toEnd }: ActionsOf): ThreadActions {
  const client = useQueryClient();
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
          .catch((error: unknown) => toast.failed(error, t.thread.showFailed));
      },
      withdraw: (row) => foot.current?.withdraw(row),
      sendAgain: (clientId) => live.sendAgain(clientId),
      linkTo: (turnId) => `${location.origin}/chat/${encodeURIComponent(id)}?turn=${turnId}`,
    }),
    [id, client, foot, toEnd],
  );
}
