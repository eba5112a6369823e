/** Lets in who is paired: asks the gateway, shows the pairing screen, and starts the one connection. */
import { useQueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { askWhoWeAre, auth, useAuth } from '@/api/auth';
import { socket, useLink } from '@/api/link';
import { t } from '@/i18n';
import { toast } from '@/ui/toast';
import { Logo } from './Logo';
import { router } from './router';

const PairingScreen = lazy(() => import('@/features/pairing/PairingScreen'));

const ASK_AGAIN_MS = 2_500;

export function Gate({ code }: { code: string | null }) {
  const { phase } = useAuth();
  const link = useLink();
  const queries = useQueryClient();

  useEffect(() => {
    if (phase === 'asking') void askWhoWeAre();
    if (phase === 'unreachable') {
      const timer = setInterval(() => void askWhoWeAre(), ASK_AGAIN_MS);
      return () => clearInterval(timer);
    }
    if (phase === 'in') socket.start();
    if (phase === 'out') {
      socket.stop('unauthorized');
      queries.clear();
    }
  }, [phase, queries]);

  // Who signs out here gets a fresh page: this was done to them.
  const wasIn = useRef(false);
  useEffect(() => {
    if (wasIn.current && phase === 'out') toast.note(t.account.signedOut);
    wasIn.current = phase === 'in';
  }, [phase]);

  useEffect(() => {
    if (link.phase === 'unauthorized') auth.signedOut();
  }, [link.phase]);

  if (phase === 'in') return <RouterProvider router={router} />;
  if (phase === 'asking') return <Splash />;
  return (
    <Suspense fallback={<Splash />}>
      <PairingScreen code={code} reachable={phase === 'out'} onRetry={askWhoWeAre} />
    </Suspense>
  );
}

const Splash = () => (
  <div className="splash" role="status" aria-label={t.pairing.asking}>
    <Logo size={48} />
  </div>
);
