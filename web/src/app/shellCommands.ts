/** What can be done from everywhere: the pages by their keys, search, theme, the way out. */
import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import {
  IconArrowBackUp,
  IconDeviceDesktop,
  IconKeyboard,
  IconLanguage,
  IconLayoutSidebar,
  IconLogout,
  IconMessagePlus,
  IconMoon,
  IconSearch,
  IconSun,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useAuth } from '@/api/auth';
import { chooseLocale, locale, localeName, locales, t } from '@/i18n';
import { toast, undoNewest } from '@/ui/toast';
import { leave } from './AccountMenu';
import { type Command, useCommands } from './commands';
import { usePages } from './nav';
import { sidebar, usePhone } from './prefs';

export interface ShellDoes {
  onPalette: () => void;
  onKeys: () => void;
}

export function useShellCommands({ onPalette, onKeys }: ShellDoes) {
  const navigate = useNavigate();
  const { all } = usePages();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme();
  const side = sidebar.use();
  const phone = usePhone();
  const auth = useAuth();

  const go: Command[] = all.map((item) => ({
    id: `go-${item.id}`,
    label: t.nav[item.id],
    icon: item.icon,
    keys: item.keys,
    group: 'go',
    run: () => void navigate({ to: item.to }),
  }));
  const schemes = (['light', 'dark', 'auto'] as const)
    .filter((one) => one !== colorScheme)
    .map((one) => ({
      id: `theme-${one}`,
      label: `${t.theme.label}: ${t.theme[one]}`,
      icon: one === 'light' ? IconSun : one === 'dark' ? IconMoon : IconDeviceDesktop,
      run: () => setColorScheme(one),
    }));
  const languages = locales
    .filter((tag) => tag !== locale)
    .map((tag) => ({
      id: `language-${tag}`,
      label: `${t.appearance.language}: ${localeName(tag)}`,
      icon: IconLanguage,
      words: 'language',
      run: () => void chooseLocale(tag).catch((error) => toast.failed(error, t.appearance.languageFailed)),
    }));
  const signedIn = auth.phase === 'in' && auth.me.kind !== 'unpaired';
  const actions: (Command | false)[] = [
    {
      id: 'new-chat',
      label: t.keys.newChat,
      icon: IconMessagePlus,
      keys: 'n',
      run: () => void navigate({ to: '/chat' }),
    },
    { id: 'palette', label: t.keys.palette, icon: IconSearch, keys: 'mod+k', always: true, run: onPalette },
    { id: 'keys', label: t.keys.show, icon: IconKeyboard, keys: '?', run: onKeys },
    {
      id: 'undo',
      label: t.keys.undo,
      icon: IconArrowBackUp,
      keys: 'mod+z',
      run: () => void undoNewest(),
    },
    !phone && {
      id: 'sidebar',
      label: t.keys.sidebar,
      icon: IconLayoutSidebar,
      keys: '[',
      run: () => sidebar.set(side === 'narrow' ? 'open' : 'narrow'),
    },
    {
      id: 'theme',
      label: t.keys.theme,
      icon: scheme === 'dark' ? IconSun : IconMoon,
      keys: 'shift+d',
      run: () => setColorScheme(scheme === 'dark' ? 'light' : 'dark'),
    },
    ...schemes,
    ...languages,
    signedIn && { id: 'sign-out', label: t.account.signOut, icon: IconLogout, run: leave },
  ];
  useCommands([
    ...go,
    ...actions.filter((action) => action !== false).map((action): Command => ({ group: 'do', ...action })),
  ]);
}
