/** Conversations beside the one that is open. */
import './chat.css';
import { Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useCallback, useEffect, useState } from 'react';
import { uuid7 } from '@/api/ids';
import { t } from '@/i18n';
import { SessionList } from './SessionList';
import { Thread } from './Thread';

export default function ChatPage() {
  const { session } = useParams({ strict: false });
  const [drawer, { open, close }] = useDisclosure(false);
  const { id, isNew } = useConversation(session);
  const navigate = useNavigate();
  const giveAddress = useCallback(
    () => void navigate({ to: '/chat/$session', params: { session: id }, replace: true }),
    [navigate, id],
  );
  return (
    <div className="chat">
      <aside className="chat-side" aria-label={t.chat.sessions}>
        <SessionList current={session ?? null} />
      </aside>
      <Drawer
        opened={drawer}
        onClose={close}
        title={t.chat.sessions}
        size="min(340px, 88vw)"
        hiddenFrom="md"
        closeButtonProps={{ 'aria-label': t.common.close }}
        classNames={{ body: 'drawer-body', content: 'drawer-content' }}
      >
        <SessionList current={session ?? null} onPick={close} />
      </Drawer>
      <Thread key={id} id={id} isNew={isNew} onFirstMessage={giveAddress} onShowSessions={open} />
    </div>
  );
}

/** A new conversation gets its id here, before anything is said, and keeps it when it gets its address. */
function useConversation(session: string | undefined) {
  const [fresh, setFresh] = useState(() => uuid7());
  const [used, setUsed] = useState(false);
  useEffect(() => {
    if (session === fresh) setUsed(true);
    else if (used) {
      setFresh(uuid7());
      setUsed(false);
    }
  }, [session, fresh, used]);
  return { id: session ?? fresh, isNew: session === undefined };
}
