/** Everything that is read: begins anew when the language changes, since words are read while rendering. */
import { Fragment, type ReactNode } from 'react';
import { useLocale } from '@/i18n';
import { Tips } from '@/ui/Tips';
import { Toaster } from '@/ui/Toaster';
import { useThemeColor } from './themeColor';

export function Spoken({ children }: { children: ReactNode }) {
  const language = useLocale();
  useThemeColor();
  return (
    <>
      <Fragment key={language}>{children}</Fragment>
      <Toaster />
      <Tips />
    </>
  );
}
