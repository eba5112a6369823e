/** Saves what was typed into a file, and takes it back. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiError } from '@/api/client';
import type { WorkspaceFile } from '@/api/types';
import { t } from '@/i18n';
import { toast, toastUndo } from '@/ui/toast';
import { fileKey, useReread, write } from './data';
import { draftOf, setDraft } from './drafts';
import { nameOf } from './paths.logic';

interface Sent {
  text: string;
  base: string | null;
}

export function useSaving(path: string) {
  const client = useQueryClient();
  const reread = useReread();
  return useMutation({
    mutationFn: ({ text, base }: Sent) => write(path, text, base),
    meta: { quiet: true },
    onSuccess: (saved, { text }) => {
      client.setQueryData<WorkspaceFile | 'folder' | null>(fileKey(path), (file) =>
        file && file !== 'folder'
          ? {
              ...file,
              content: text,
              etag: saved.etag,
              size: saved.size,
              modified: saved.modified,
              version: saved.version,
            }
          : file,
      );
      // What was typed while it was being saved is not saved.
      const now = draftOf(path);
      setDraft(path, now && now.text !== text ? { text: now.text, base: saved.etag } : undefined);
      void reread();
    },
    onError: (error) => {
      // What is there now is fetched, and the page shows both.
      if (error instanceof ApiError && error.status === 412) void reread();
      else toast.failed(error);
    },
  });
}

/** Lets go of what was typed; it can be had back for a moment. */
export function discardDraft(path: string) {
  const draft = draftOf(path);
  if (!draft) return;
  setDraft(path, undefined);
  toastUndo({
    id: `discarded-${path}`,
    message: t.workspace.discarded(nameOf(path)),
    undo: async () => setDraft(path, draft),
    undone: t.workspace.restoredDraft,
  });
}
