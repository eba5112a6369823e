/** Copies from a menu, which is gone when it has worked: so the outcome is told in a note. */
import { useCallback } from 'react';
import { t } from '@/i18n';
import { copyText } from '@/ui/copy';
import { toast } from '@/ui/toast';

export const useCopy = () =>
  useCallback(async (text: string, words = t.common.copied) => {
    if (await copyText(text)) toast.done(words);
    else toast.failed(new Error(t.common.copyFailed));
  }, []);
