/** Copies from a menu, which is gone when it has worked: so the outcome is told in a note. */
import { notifications } from '@mantine/notifications';
import { useCallback } from 'react';
import { t } from '@/i18n';
import { copyText } from '@/ui/copy';

export const useCopy = () =>
  useCallback(async (text: string, words = t.common.copied) => {
    const worked = await copyText(text);
    notifications.show(
      worked
        ? { message: words, color: 'teal', autoClose: 2_000 }
        : { message: t.thread.copyFailed, color: 'red' },
    );
  }, []);
