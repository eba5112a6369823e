/** Short messages that come and go. They outlive the page or row that asked for them. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { t } from '@/i18n';
import { failureOf } from './failure';

const UNDO_MS = 8_000;

let newestUndo: { id: string; run: () => void } | undefined;

export const toast = {
  /** Something was done. */
  done: (message: string) => void notifications.show({ message, color: 'teal', autoClose: 4_000 }),
  /** Something happened that nobody here asked for; it stays until it is read. */
  note: (message: string) =>
    void notifications.show({
      id: `note ${message}`,
      message,
      color: 'yellow',
      role: 'alert',
      autoClose: false,
    }),
  /** Something failed; the same failure is shown once, however many ask for it. */
  failed: (error: unknown, title: string = t.common.failed) => {
    const { message, requestId } = failureOf(error);
    notifications.show({
      id: `failed ${message}`,
      color: 'red',
      title,
      role: 'alert',
      autoClose: 10_000,
      message: requestId ? `${message} · ${t.common.requestId(requestId)}` : message,
    });
  },
};

export interface UndoToast {
  /** Names what was done, so that the same thing is offered once: `deleted-<id>`. */
  id: string;
  /** What was done: "“Birds” was deleted." */
  message: string;
  /** Takes it back: a call of the API, not of a component that may be gone by then. */
  undo: () => Promise<unknown>;
  /** Said once it is taken back. */
  undone?: string;
}

/** Offers to take back what was just done, for eight seconds or until the mouse leaves it. */
export function toastUndo({ id, message, undo, undone }: UndoToast) {
  const run = () => {
    if (newestUndo?.id === id) newestUndo = undefined;
    notifications.hide(id);
    undo().then(
      () => undone && toast.done(undone),
      (error: unknown) => toast.failed(error),
    );
  };
  newestUndo = { id, run };
  notifications.show({
    id,
    autoClose: UNDO_MS,
    onClose: () => {
      if (newestUndo?.id === id) newestUndo = undefined;
    },
    message: (
      <span className="toast">
        <span className="toast-words">{message}</span>
        <Button size="compact-sm" variant="light" onClick={run}>
          {t.common.undo}
        </Button>
      </span>
    ),
  });
}

/** Takes back the newest of what is still offered; false when there is nothing. */
export function undoNewest(): boolean {
  const offered = newestUndo;
  offered?.run();
  return offered !== undefined;
}
