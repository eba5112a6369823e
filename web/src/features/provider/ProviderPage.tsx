/** Which providers there are and which one answers; connecting, changing and removing them. */
import './provider.css';
import { Button, Skeleton } from '@mantine/core';
import { IconPlus, IconSparkles } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { $api } from '@/api/client';
import type { Provider, ProviderList } from '@/api/types';
import { useWhyNot } from '@/app/can';
import { ReadOnlyNote } from '@/app/ReadOnlyNote';
import { ChoiceCards } from '@/forms/provider/ChoiceCards';
import { ConnectForm } from '@/forms/provider/ConnectForm';
import { type ChoiceId, choiceOf, isChoice } from '@/forms/provider/connect.logic';
import { t } from '@/i18n';
import { disabledBecause } from '@/ui/disabledBecause';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorNote } from '@/ui/ErrorNote';
import { PageHeader } from '@/ui/PageHeader';
import { toast } from '@/ui/toast';
import { ByHand } from './ByHand';
import { ProviderCard } from './ProviderCard';

export default function ProviderPage() {
  const { add, edit } = useSearch({ from: '/provider' });
  const navigate = useNavigate();
  const go = (search: { add?: string; edit?: string }) => void navigate({ to: '/provider', search });
  const whyNot = useWhyNot('admin');
  const list = $api.useQuery('get', '/api/providers', {});
  const data = list.data;
  const edited = data?.providers.find((one) => one.name === edit);
  const working = whyNot === undefined && data && (add !== undefined || edited !== undefined);
  const heading = useRef<HTMLDivElement>(null);
  // What opens is what is looked at next.
  useEffect(() => {
    if (add !== undefined) heading.current?.focus({ preventScroll: true });
  }, [add]);
  return (
    <div className="page">
      <PageHeader
        title={t.provider.title}
        sub={t.provider.sub}
        actions={
          !working && (
            <Button
              leftSection={<IconPlus size={16} stroke={1.7} aria-hidden />}
              onClick={() => go({ add: 'any' })}
              {...disabledBecause(whyNot)}
            >
              {t.provider.add}
            </Button>
          )
        }
      />
      <ReadOnlyNote />
      {list.isError && !data && <ErrorNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Waiting />}
      {data && working && (
        <div className="provider-form" ref={heading} tabIndex={-1}>
          <Connecting
            list={data}
            choice={edited ? choiceOf(edited) : isChoice(add) ? add : undefined}
            provider={edited}
            onPick={(choice) => go({ add: choice })}
            onClose={() => go({})}
          />
        </div>
      )}
      {data && !working && (
        <>
          <Listed list={data} whyNot={whyNot} onChange={(provider) => go({ edit: provider.name })} />
          <ByHand />
        </>
      )}
    </div>
  );
}

interface ConnectingProps {
  list: ProviderList;
  choice: ChoiceId | undefined;
  provider: Provider | undefined;
  onPick: (choice: ChoiceId) => void;
  onClose: () => void;
}

function Connecting({ list, choice, provider, onPick, onClose }: ConnectingProps) {
  if (!choice)
    return (
      <>
        <div className="provider-form-head">
          <h2 className="panel-title">{t.provider.addSub}</h2>
          <Button variant="subtle" size="compact-sm" onClick={onClose}>
            {t.common.cancel}
          </Button>
        </div>
        <ChoiceCards list={list} onPick={onPick} />
      </>
    );
  return (
    <div className="card">
      <ConnectForm
        key={provider?.name ?? choice}
        list={list}
        choice={choice}
        provider={provider}
        settings
        finish={t.provider.save}
        onBack={provider ? onClose : () => history.back()}
        onSaved={(saved) => {
          toast.done(saved.in_use ? t.provider.nowInUse(saved.name) : t.provider.saved(saved.name));
          onClose();
        }}
      />
    </div>
  );
}

interface ListedProps {
  list: ProviderList;
  whyNot: string | undefined;
  onChange: (provider: Provider) => void;
}

function Listed({ list, whyNot, onChange }: ListedProps) {
  const navigate = useNavigate();
  // The demo stands in where nothing is connected; beside real ones it would only confuse.
  const real = list.providers.filter((one) => one.source !== 'demo');
  if (real.length === 0)
    return (
      <div className="card">
        <EmptyState
          icon={IconSparkles}
          title={t.provider.onlyDemoTitle}
          body={t.provider.onlyDemoBody}
          action={
            whyNot === undefined
              ? { label: t.provider.connectNow, onClick: () => void navigate({ to: '/welcome' }) }
              : undefined
          }
        />
      </div>
    );
  const shown = [...list.providers].sort((one, other) => Number(other.in_use) - Number(one.in_use));
  return (
    <ul className="providers">
      {shown.map((provider) => (
        <ProviderCard key={provider.name} provider={provider} whyNot={whyNot} onChange={onChange} />
      ))}
    </ul>
  );
}

const Waiting = () => (
  <div className="providers" role="status" aria-busy="true" aria-label={t.common.loading}>
    <Skeleton h={132} radius="lg" />
    <Skeleton h={132} radius="lg" />
  </div>
);
