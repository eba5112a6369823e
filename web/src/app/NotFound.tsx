/** Nothing is at this address: which one it was, and where one may have wanted to go. */
import { IconMapOff } from '@tabler/icons-react';
import { Link, useNavigate, useRouterState } from '@tanstack/react-router';
import { t } from '@/i18n';
import { EmptyState } from '@/ui/EmptyState';
import { useTitle } from '@/ui/useTitle';
import { usePages } from './nav';
import { nearest } from './nearest';

export function NotFound() {
  useTitle(t.errors.notFoundTitle);
  const navigate = useNavigate();
  const address = useRouterState({ select: (state) => state.location.pathname });
  const { all } = usePages();
  const near = nearest(address, all, (item) => [item.to.slice(1), t.nav[item.id]]);
  return (
    <EmptyState
      order={1}
      icon={IconMapOff}
      title={t.errors.notFoundTitle}
      body={
        <>
          <span className="mono">{t.errors.notFoundAt(address.slice(0, 80))}</span>
          <br />
          {t.errors.notFoundBody}
        </>
      }
      action={{ label: t.errors.toChat, onClick: () => void navigate({ to: '/chat' }) }}
    >
      {near.length > 0 && (
        <nav className="suggestions" aria-label={t.errors.didYouMean}>
          <p>{t.errors.didYouMean}</p>
          {near.map((item) => (
            <Link key={item.id} to={item.to} className="suggestion">
              <item.icon size={17} stroke={1.7} aria-hidden />
              {t.nav[item.id]}
            </Link>
          ))}
        </nav>
      )}
    </EmptyState>
  );
}
