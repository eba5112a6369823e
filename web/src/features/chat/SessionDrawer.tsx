/** The list of conversations over the page, where there is no room beside it. */
import { Drawer } from '@mantine/core';
import { t } from '@/i18n';
import { SessionList } from './SessionList';

export interface SessionDrawerProps {
  current: string | null;
  opened: boolean;
  onClose: () => void;
}

export default function SessionDrawer({ current, opened, onClose }: SessionDrawerProps) {
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      title={t.chatList.sessions}
      size="min(340px, 88vw)"
      closeButtonProps={{ 'aria-label': t.common.close }}
      classNames={{ body: 'drawer-body', content: 'drawer-content', title: 'drawer-title' }}
    >
      <SessionList current={current} onPick={onClose} />
    </Drawer>
  );
}
