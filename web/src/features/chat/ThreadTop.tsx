/** The head of a conversation: its name, and what can be done with all of it. */
import { ActionIcon, Title } from '@mantine/core';
import { IconLayoutSidebar, IconMarkdown, IconSearch } from '@tabler/icons-react';
import { t } from '@/i18n';
import { ActionMenu } from '@/ui/ActionMenu';
import { tip } from '@/ui/Tips';

export interface ThreadTopProps {
  title: string;
  /** Nothing was said yet: there is nothing to find or copy. */
  empty: boolean;
  onShowSessions: () => void;
  onFind: () => void;
  onCopy: () => void;
}

export function ThreadTop({ title, empty, onShowSessions, onFind, onCopy }: ThreadTopProps) {
  return (
    <header className="thread-top">
      <ActionIcon
        hiddenFrom="md"
        variant="subtle"
        color="gray"
        size="lg"
        {...tip(t.thread.conversations)}
        onClick={onShowSessions}
      >
        <IconLayoutSidebar size={19} aria-hidden />
      </ActionIcon>
      <Title order={1} fz={16} lineClamp={1} title={title} flex={1}>
        {title}
      </Title>
      {!empty && (
        <>
          <ActionIcon variant="subtle" color="gray" size="lg" {...tip(t.thread.find)} onClick={onFind}>
            <IconSearch size={18} aria-hidden />
          </ActionIcon>
          <ActionMenu
            label={t.thread.menu}
            entries={() => [{ label: t.thread.copyConversation, icon: IconMarkdown, onSelect: onCopy }]}
          />
        </>
      )}
    </header>
  );
}
