/** What a person does to conversations, with what is said about it and the way back. */
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Session } from '@/api/types';
import { locale, t } from '@/i18n';
import { toast, toastUndo } from '@/ui/toast';
import { type ExportFormat, useSessionActions } from './data';
import { exportName } from './sessions.logic';

export type Commands = ReturnType<typeof useSessionCommands>;

const titleOf = (session: Session) => session.title || t.chatList.untitled;

/** Gives a document to the browser to keep. */
function download(content: Blob, name: string) {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // Some browsers read it only after the click has ended.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export function useSessionCommands(current: string | null) {
  const actions = useSessionActions();
  const navigate = useNavigate();
  return useMemo(() => {
    const open = (session: string | undefined) =>
      navigate({
        to: session ? '/chat/$session' : '/chat',
        params: { session },
        search: (before) => ({ ...before, turn: undefined }),
      });
    return {
      pin: (session: Session) =>
        actions.change(session.id, { pinned: !session.pinned }).catch((error) => toast.failed(error)),
      rename: (session: Session, title: string) =>
        actions.change(session.id, { title }).catch((error) => toast.failed(error)),
      archive: async (session: Session) => {
        const archived = !session.archived;
        try {
          await actions.change(session.id, { archived });
          const words = archived ? t.chatList.archivedOne : t.chatList.unarchivedOne;
          toastUndo({
            id: `archived-${session.id}`,
            message: words(titleOf(session)),
            undo: () => actions.change(session.id, { archived: !archived }),
          });
        } catch (error) {
          toast.failed(error);
        }
      },
      remove: async (session: Session) => {
        const wasOpen = session.id === current;
        // Left before it is gone: nothing asks for it any more.
        if (wasOpen) await open(undefined);
        try {
          await actions.remove(session.id);
          toastUndo({
            id: `deleted-${session.id}`,
            message: t.chatList.deleted(titleOf(session)),
            undone: t.chatList.restored,
            undo: async () => {
              await actions.restore(session.id);
              if (wasOpen) void open(session.id);
            },
          });
        } catch (error) {
          if (wasOpen) void open(session.id);
          toast.failed(error);
        }
      },
      fork: async (session: Session) => {
        try {
          const copy = await actions.fork(session.id);
          toast.done(t.chatList.forked(titleOf(session)));
          void open(copy.id);
        } catch (error) {
          toast.failed(error);
        }
      },
      export: async (session: Session, format: ExportFormat) => {
        try {
          const untitled = `${t.chatList.untitled} ${new Date(session.created_at).toLocaleDateString(locale)}`;
          const name = exportName(session.title || untitled, format, t.chatList.untitled);
          download(await actions.exported(session.id, format), name);
        } catch (error) {
          toast.failed(error);
        }
      },
    };
  }, [actions, navigate, current]);
}
