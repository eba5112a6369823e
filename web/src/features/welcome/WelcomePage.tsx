/** The first minutes: whose model answers, a key, a model, and a chat that works. */
import './welcome.css';
import { Button, Skeleton } from '@mantine/core';
import { IconArrowRight, IconLock } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { $api } from '@/api/client';
import { useCan } from '@/app/can';
import { leaveWelcome } from '@/app/firstRun';
import { Logo } from '@/app/Logo';
import { ChoiceCards } from '@/forms/provider/ChoiceCards';
import { ConnectForm } from '@/forms/provider/ConnectForm';
import { type ChoiceId, isChoice } from '@/forms/provider/connect.logic';
import { t } from '@/i18n';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { useTitle } from '@/ui/useTitle';

export default function WelcomePage() {
  useTitle(t.welcome.documentTitle);
  const { with: word } = useSearch({ from: '/welcome' });
  const choice = isChoice(word) ? word : undefined;
  const providers = $api.useQuery('get', '/api/providers', {});
  const navigate = useNavigate();
  const mayChange = useCan('admin');
  const pick = (next: ChoiceId | undefined) => void navigate({ to: '/welcome', search: { with: next } });
  const toChat = () => {
    leaveWelcome();
    void navigate({ to: '/chat' });
  };
  if (!mayChange)
    return (
      <EmptyState
        order={1}
        icon={IconLock}
        title={t.welcome.notAllowedTitle}
        body={t.welcome.notAllowed}
        action={{ label: t.welcome.toChat, onClick: toChat }}
      />
    );
  if (providers.isError && !providers.data)
    return <ErrorState error={providers.error} onRetry={() => void providers.refetch()} />;
  return (
    <div className="welcome-page">
      <div className="welcome-head">
        <Logo size={40} />
        <h1 className="welcome-title">{choice ? t.welcome.connectTitle : t.welcome.title}</h1>
        {!choice && <p className="welcome-sub">{t.welcome.sub}</p>}
      </div>
      {!providers.data && <Waiting />}
      {providers.data && !choice && (
        <>
          <ChoiceCards list={providers.data} onPick={pick} />
          <div className="welcome-demo">
            <Button
              variant="default"
              rightSection={<IconArrowRight size={16} stroke={1.7} aria-hidden />}
              onClick={toChat}
            >
              {t.welcome.demo}
            </Button>
            <span className="dimmed">{t.welcome.demoAbout}</span>
          </div>
        </>
      )}
      {providers.data && choice && (
        <div className="card welcome-card">
          <ConnectForm
            key={choice}
            list={providers.data}
            choice={choice}
            finish={t.welcome.finish}
            onBack={() => pick(undefined)}
            onSaved={toChat}
          />
        </div>
      )}
    </div>
  );
}

const Waiting = () => (
  <div className="choices" role="status" aria-busy="true" aria-label={t.common.loading}>
    {['a', 'b', 'c', 'd', 'e', 'f'].map((one) => (
      <Skeleton key={one} h={86} radius="lg" />
    ))}
  </div>
);
