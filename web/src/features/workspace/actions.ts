/** What is done to files, with a way back where there is one. */
import { useQueryClient } from '@tanstack/react-query';
import { t } from '@/i18n';
import { toast, toastUndo } from '@/ui/toast';
import { move, remove, restoreTrash, useReread } from './data';
import { moveDrafts } from './drafts';
import { forgetFolder, moveFolders, showPath } from './openFolders';
import { isWithin, movedPath, nameOf } from './paths.logic';

export interface Opened {
  file: string | undefined;
  open: (path: string | undefined) => void;
}

/** `opened`: the file that is shown, which goes where its folder goes. */
export function useActions({ file, open }: Opened) {
  const client = useQueryClient();
  const reread = useReread();

  const relocate = async (from: string, to: string) => {
    await move(from, to);
    moveDrafts(from, to);
    moveFolders(from, to);
    showPath(to);
    client.removeQueries({ queryKey: ['get', '/api/workspace/file', from] });
  };
  const moveTo = async (from: string, to: string) => {
    await relocate(from, to);
    if (file !== undefined && isWithin(file, from)) open(movedPath(file, from, to));
    await reread();
    toastUndo({
      id: `moved-${to}`,
      message: t.workspace.wasMoved(to),
      undo: () => relocate(to, from).then(reread),
      undone: t.workspace.isBack(nameOf(from)),
    });
  };
  /** The same by dragging: what fails has no dialog to say so. */
  const moveOver = (from: string, to: string) =>
    moveTo(from, to).catch((error: unknown) => toast.failed(error));
  const trash = async (path: string) => {
    try {
      const item = await remove(path);
      if (file !== undefined && isWithin(file, path)) open(undefined);
      forgetFolder(path);
      await reread();
      toastUndo({
        id: `deleted-${item.id}`,
        message: t.workspace.wasDeleted(nameOf(path)),
        undo: () => restoreTrash(item.id).then(reread),
        undone: t.workspace.isBack(nameOf(path)),
      });
    } catch (error) {
      toast.failed(error);
    }
  };
  return { moveTo, moveOver, trash };
}
