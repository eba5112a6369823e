/** Conversations beside the one that is open. */
import './chat.css';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { useNavigate, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { uuid7 } from '@/api/ids';
import { t } from '@/i18n';
import { SessionList } from './SessionList';
import { Thread } from './Thread';

const SessionDrawer = lazy(() => import('./SessionDrawer'));

const ROOM_BESIDE = '(min-width: 62em)';

export default function ChatPage() {
  const { session } = useParams({ strict: false });
  const [drawer, { open, close }] = useDisclosure(false);
  const roomy = useMediaQuery(ROOM_BESIDE, undefined, { getInitialValueInEffect: false });
  const { id, isNew } = useConversation(session);
  const navigate = useNavigate();
  const giveAddress = useCallback(
    () =>
      void navigate({
        to: '/chat/$session',
        params: { session: id },
        search: (before) => ({ ...before, turn: undefined }),
        replace: true,
      }),
    [navigate, id],
  );
  // The drawer's code stays once it was wanted, so that it can slide away.
  const [wanted, setWanted] = useState(false);
  useEffect(() => {
    if (drawer) setWanted(true);
  }, [drawer]);
  return (
    <div className="chat">
      {roomy ? (
        <aside className="chat-side" aria-label={t.chatList.sessions}>
          <SessionList current={session ?? null} />
        </aside>
      ) : (
        (drawer || wanted) && (
          <Suspense fallback={null}>
            <SessionDrawer current={session ?? null} opened={drawer} onClose={close} />
          </Suspense>
        )
      )}
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
