/** One provider: what is known of it, and what can be done with it. */
import { Button } from '@mantine/core';
import { IconPencil, IconPlugConnected, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '@/api/client';
import type { Provider } from '@/api/types';
import { choiceOf } from '@/forms/provider/connect.logic';
import { ProbeNote } from '@/forms/provider/ProbeNote';
import { useProbe } from '@/forms/provider/useProbe';
import { t } from '@/i18n';
import { ActionMenu } from '@/ui/ActionMenu';
import { ConfirmDanger } from '@/ui/ConfirmDanger';
import { disabledBecause } from '@/ui/disabledBecause';
import { failureOf } from '@/ui/failure';
import { Note } from '@/ui/Note';
import { StatusBadge } from '@/ui/StatusBadge';
import { toast } from '@/ui/toast';

export interface ProviderCardProps {
  provider: Provider;
  whyNot: string | undefined;
  onChange: (provider: Provider) => void;
}

export function ProviderCard({ provider, whyNot, onChange }: ProviderCardProps) {
  const [removing, setRemoving] = useState(false);
  const { probe, ask, stop } = useProbe(() => {});
  const use = useUse(provider);
  const isDemo = provider.kind === 'demo';
  return (
    <li className="card provider">
      <div className="provider-head">
        <div className="provider-names">
          <h2 className="provider-name">{provider.name}</h2>
          <span className="dimmed">{kindWords(provider)}</span>
          {provider.in_use && (
            <StatusBadge tone={provider.problem ? 'warn' : 'good'} dot>
              {t.provider.inUse}
            </StatusBadge>
          )}
        </div>
        <div className="provider-actions">
          {!provider.in_use && (
            <Button
              size="compact-md"
              variant="default"
              loading={use.isPending}
              aria-label={`${t.provider.use} ${provider.name}`}
              onClick={() => use.mutate()}
              {...disabledBecause(whyNot)}
            >
              {t.provider.use}
            </Button>
          )}
          <ActionMenu
            label={t.provider.more(provider.name)}
            entries={() => [
              !isDemo && {
                label: t.provider.test,
                icon: IconPlugConnected,
                why: whyNot,
                onSelect: () => void ask({ name: provider.name }),
              },
              !isDemo && {
                label: t.provider.change,
                icon: IconPencil,
                why: whyNot,
                onSelect: () => onChange(provider),
              },
              'line',
              {
                label: t.provider.remove,
                icon: IconTrash,
                danger: true,
                why: whyNot ?? whyStays(provider),
                onSelect: () => setRemoving(true),
              },
            ]}
          />
        </div>
      </div>
      <Facts provider={provider} />
      {provider.problem && probe.phase === 'idle' && (
        <Note
          tone="warn"
          actions={
            !isDemo && (
              <Button
                size="compact-sm"
                variant="default"
                onClick={() => onChange(provider)}
                {...disabledBecause(whyNot)}
              >
                {t.provider.change}
              </Button>
            )
          }
        >
          {provider.problem}
        </Note>
      )}
      <ProbeNote probe={probe} title={provider.name} onStop={stop} />
      {removing && <Removal provider={provider} onClose={() => setRemoving(false)} />}
    </li>
  );
}

function Facts({ provider }: { provider: Provider }) {
  if (provider.kind === 'demo') return <p className="provider-about">{t.provider.demoAbout}</p>;
  const { key } = provider;
  const states = t.provider.keyStates;
  const keyWords = {
    set: states.set,
    env: key.env ? states.env(key.env) : states.envPlain,
    missing: key.env ? states.missingFrom(key.env) : states.missing,
    none: states.none,
  }[key.state];
  const facts: [string, string | undefined][] = [
    [t.provider.model, provider.model ?? t.provider.modelFirst],
    [t.provider.key, keyWords],
    [t.provider.address, provider.base_url ?? undefined],
    [t.provider.source, t.provider.sources[provider.source]],
    [t.provider.fallbacks, provider.fallbacks.join(', ') || undefined],
  ];
  return (
    <dl className="facts">
      {facts.map(
        ([name, value]) =>
          value !== undefined && (
            <div key={name} className="provider-fact">
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

const kindWords = (provider: Provider) =>
  choiceOf(provider) === 'compatible' ? t.provider.compatibleKind : t.provider.kinds[provider.kind];

const whyStays = (provider: Provider) =>
  provider.source === 'environment'
    ? t.provider.fromEnvironment
    : provider.source === 'config'
      ? undefined
      : t.provider.builtIn;

/** Everything that a change of providers makes old. */
const useReread = () => {
  const client = useQueryClient();
  return () =>
    Promise.all(
      ['/api/providers', '/api/status', '/api/models'].map((path) =>
        client.invalidateQueries({ queryKey: ['get', path] }),
      ),
    );
};

function useUse(provider: Provider) {
  const reread = useReread();
  return useMutation({
    mutationFn: () =>
      take(
        api.PUT('/api/providers/{name}', {
          params: { path: { name: provider.name } },
          body: { kind: provider.kind, use: true },
        }),
      ),
    onSuccess: () => {
      toast.done(t.provider.nowInUse(provider.name));
      return reread();
    },
  });
}

function Removal({ provider, onClose }: { provider: Provider; onClose: () => void }) {
  const reread = useReread();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await api.DELETE('/api/providers/{name}', { params: { path: { name: provider.name } } });
      toast.done(t.provider.removed(provider.name));
      onClose();
      await reread();
    } catch (refusal) {
      setError(refusal);
      setBusy(false);
    }
  };
  return (
    <ConfirmDanger
      title={t.provider.removeTitle(provider.name)}
      confirm={t.provider.remove}
      busy={busy}
      error={error === undefined ? undefined : failureOf(error).message}
      onConfirm={() => void remove()}
      onClose={onClose}
    >
      <p className="provider-about">
        {t.provider.removeBody} {provider.in_use && t.provider.removeInUse}
      </p>
    </ConfirmDanger>
  );
}
