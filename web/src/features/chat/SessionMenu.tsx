/** What can be done to one conversation, and which ones are listed, as entries of menus. */
import {
  IconArchive,
  IconArchiveOff,
  IconGitFork,
  IconInbox,
  IconJson,
  IconMarkdown,
  IconPencil,
  IconPin,
  IconPinnedOff,
  IconTrash,
} from '@tabler/icons-react';
import type { Session } from '@/api/types';
import { t } from '@/i18n';
import type { MenuEntry } from '@/ui/ActionMenu';
import type { Commands } from './commands';
import { ORIGIN_ICON } from './origins';
import { type ChatSearch, ORIGINS } from './search.logic';

export interface SessionEntries {
  session: Session;
  commands: Commands;
  /** Why nothing may be changed. */
  why: string | undefined;
  onRename: () => void;
}

export function sessionEntries({ session, commands, why, onRename }: SessionEntries): MenuEntry[] {
  const w = t.chatList;
  return [
    {
      label: session.pinned ? w.unpin : w.pin,
      icon: session.pinned ? IconPinnedOff : IconPin,
      why,
      onSelect: () => void commands.pin(session),
    },
    { label: w.rename, icon: IconPencil, keys: 'F2', why, onSelect: onRename },
    { label: w.fork, icon: IconGitFork, why, onSelect: () => void commands.fork(session) },
    'line',
    { label: w.exportMd, icon: IconMarkdown, onSelect: () => void commands.export(session, 'md') },
    { label: w.exportJson, icon: IconJson, onSelect: () => void commands.export(session, 'json') },
    'line',
    {
      label: session.archived ? w.unarchive : w.archive,
      icon: session.archived ? IconArchiveOff : IconArchive,
      why,
      onSelect: () => void commands.archive(session),
    },
    {
      label: w.delete,
      icon: IconTrash,
      keys: 'Del',
      danger: true,
      why,
      onSelect: () => void commands.remove(session),
    },
  ];
}

export function filterEntries(
  search: ChatSearch,
  onChange: (change: Partial<ChatSearch>) => void,
): MenuEntry[] {
  const w = t.chatList;
  return [
    {
      label: w.active,
      icon: IconInbox,
      checked: !search.archived,
      onSelect: () => onChange({ archived: undefined }),
    },
    {
      label: w.archived,
      icon: IconArchive,
      checked: search.archived ?? false,
      onSelect: () => onChange({ archived: true }),
    },
    'line',
    { heading: w.origin },
    {
      label: w.allOrigins,
      checked: search.origin === undefined,
      onSelect: () => onChange({ origin: undefined }),
    },
    ...ORIGINS.map((origin) => ({
      label: w.origins[origin],
      icon: ORIGIN_ICON[origin],
      checked: search.origin === origin,
      onSelect: () => onChange({ origin }),
    })),
  ];
}
