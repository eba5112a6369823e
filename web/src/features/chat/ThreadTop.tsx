/** The head of a conversation: its name, where it came from, and what can be done with all of it. */
import { ActionIcon, Menu, Title } from '@mantine/core';
import { IconDots, IconLayoutSidebar, IconMarkdown, IconSearch } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { t } from '@/i18n';

export interface ThreadTopProps {
  title: string;
  /** Nothing was said yet: there is nothing to find or copy. */
  empty: boolean;
  onShowSessions: () => void;
  onFind: () => void;
  onCopy: () => void;
  children?: ReactNode;
}

export function ThreadTop({ title, empty, onShowSessions, onFind, onCopy, children }: ThreadTopProps) {
  return (
    <header className="thread-top">
      <ActionIcon
        hiddenFrom="md"
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={t.thread.conversations}
        onClick={onShowSessions}
      >
        <IconLayoutSidebar size={19} aria-hidden />
      </ActionIcon>
      <Title order={1} fz={16} lineClamp={1} title={title} flex={1}>
        {title}
      </Title>
      {children}
      {!empty && (
        <>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t.thread.find}
            title={t.thread.find}
            onClick={onFind}
          >
            <IconSearch size={18} aria-hidden />
          </ActionIcon>
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={t.thread.menu}
                title={t.thread.menu}
              >
                <IconDots size={18} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconMarkdown size={16} aria-hidden />} onClick={onCopy}>
                {t.thread.copyConversation}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </>
      )}
    </header>
  );
}
