/** Connects one provider: address and key, a try, a model, and it is in use. */
import './connect.css';
import { Button, Switch, TextInput } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { api, take } from '@/api/client';
import type { Provider, ProviderChange, ProviderList, ProviderTest } from '@/api/types';
import { t } from '@/i18n';
import { ErrorNote } from '@/ui/ErrorNote';
import { AddressFields } from './AddressFields';
import { CHOICE_ICONS } from './ChoiceCards';
import { type ChoiceId, cleanKey, kindOf, nameFor } from './connect.logic';
import { ModelList } from './ModelList';
import { ProbeNote } from './ProbeNote';
import { useProbe } from './useProbe';

export interface ConnectFormProps {
  list: ProviderList;
  choice: ChoiceId;
  /** The provider that is changed; a new one without it. */
  provider?: Provider;
  /** What the last button says. */
  finish: string;
  /** Whether its owner may keep another one in use, and name it. */
  settings?: boolean;
  onBack: () => void;
  onSaved: (saved: Provider) => void;
}

/** The try failed, and yet a server may chat that lists no models. */
const MAY_CHAT = ['not_compatible', 'wrong_address', 'no_models'];

export function ConnectForm(props: ConnectFormProps) {
  const { list, choice, provider, settings } = props;
  const [baseUrl, setBaseUrl] = useState(provider?.base_url ?? '');
  const [apiKey, setApiKey] = useState('');
  const [model, setModel] = useState(provider?.model ?? '');
  const [byHand, setByHand] = useState(false);
  const [inUse, setInUse] = useState(!settings || !provider || provider.in_use);
  const [name, setName] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  const { probe, ask, stop } = useProbe((found) => {
    setModel((now) => (found.models.some((one) => one.id === now) ? now : (found.suggested ?? '')));
    if (found.base_url) setBaseUrl(found.base_url);
  });

  const usual = nameFor(list, choice, baseUrl);
  const named = provider?.name ?? (name.trim() || usual);
  const keyKept = provider !== undefined && ['set', 'env'].includes(provider.key.state);
  const title = t.provider.choices[choice].title;
  const whom = choice === 'compatible' ? t.provider.theServer : title;

  const tried = (key: string): ProviderTest => ({
    kind: kindOf(choice),
    ...(provider ? { name: provider.name } : {}),
    base_url: baseUrl.trim(),
    ...(key ? { api_key: key } : {}),
    ...(model ? { model } : {}),
  });
  const test = (key = cleanKey(apiKey)) => {
    setByHand(false);
    void ask(tried(key));
  };
  const edited = () => {
    setByHand(false);
    stop();
  };

  // Nothing is left to be typed: the list of models is what its owner came for.
  const first = useRef(() => {});
  first.current = () => {
    if (keyKept || choice === 'ollama') test();
  };
  useEffect(() => {
    first.current();
    heading.current?.focus({ preventScroll: true });
  }, []);

  const client = useQueryClient();
  const [saving, setSaving] = useState(false);
  const [unsaved, setUnsaved] = useState<unknown>();
  const save = async () => {
    const key = cleanKey(apiKey);
    const body: ProviderChange = {
      kind: kindOf(choice),
      base_url: baseUrl.trim(),
      ...(key ? { api_key: key } : {}),
      model,
      use: inUse,
    };
    setSaving(true);
    setUnsaved(undefined);
    try {
      const saved = await take(api.PUT('/api/providers/{name}', { params: { path: { name: named } }, body }));
      const paths = ['/api/providers', '/api/status', '/api/models'];
      await Promise.all(paths.map((path) => client.invalidateQueries({ queryKey: ['get', path] })));
      props.onSaved(saved);
    } catch (error) {
      setUnsaved(error);
      setSaving(false);
    }
  };

  const Icon = CHOICE_ICONS[choice];
  const ready = probe.phase === 'works' || byHand;
  const missing = choice === 'compatible' && baseUrl.trim() === '';
  return (
    <form
      className="connect"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (saving || probe.phase === 'asking') return;
        if (!ready) test();
        else if (model) void save();
      }}
    >
      <div className="connect-head">
        <span className="choice-icon" aria-hidden>
          <Icon size={20} stroke={1.7} />
        </span>
        <h2 className="connect-title" ref={heading} tabIndex={-1}>
          {provider ? t.provider.changeTitle(provider.name) : title}
        </h2>
        <div className="connect-back">
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconArrowLeft size={15} stroke={1.7} aria-hidden />}
            onClick={props.onBack}
          >
            {provider ? t.common.cancel : t.provider.another}
          </Button>
        </div>
      </div>
      {choice === 'ollama' && <p className="connect-about">{t.provider.ollamaHow}</p>}
      <AddressFields
        key={choice}
        list={list}
        choice={choice}
        baseUrl={baseUrl}
        apiKey={apiKey}
        keyKept={keyKept}
        fault={probe.phase === 'failed' ? probe.field : undefined}
        onBaseUrl={(url) => {
          setBaseUrl(url);
          edited();
        }}
        onKey={(key) => {
          setApiKey(key);
          edited();
        }}
        onPasted={(key) => {
          setApiKey(key);
          if (!missing) test(key);
        }}
      />
      <ProbeNote probe={probe} title={whom} onStop={stop} />
      {!ready && (
        <div className="connect-actions">
          <Button type="submit" size="md" disabled={missing} loading={probe.phase === 'asking'}>
            {probe.phase === 'failed' ? t.common.retry : t.provider.test}
          </Button>
          {probe.phase === 'failed' && choice === 'compatible' && MAY_CHAT.includes(probe.reason ?? '') && (
            <Button size="md" variant="default" onClick={() => setByHand(true)}>
              {t.provider.goOnByHand}
            </Button>
          )}
        </div>
      )}
      {ready && (
        <>
          <h3 className="connect-part">{t.provider.pickModel}</h3>
          <ModelList
            models={probe.phase === 'works' && !byHand ? probe.found.models.map((one) => one.id) : []}
            suggested={probe.phase === 'works' ? probe.found.suggested : undefined}
            value={model}
            onChange={setModel}
          />
          {settings && (
            <>
              {!provider && (
                <TextInput
                  label={t.provider.name}
                  description={t.provider.nameHint}
                  inputWrapperOrder={['label', 'input', 'error', 'description']}
                  placeholder={usual}
                  value={name}
                  maxLength={64}
                  autoComplete="off"
                  autoCapitalize="off"
                  spellCheck={false}
                  onChange={(event) => setName(event.currentTarget.value)}
                />
              )}
              {!provider?.in_use && (
                <Switch
                  label={t.provider.useIt}
                  checked={inUse}
                  onChange={(event) => setInUse(event.currentTarget.checked)}
                />
              )}
            </>
          )}
          {unsaved !== undefined && <ErrorNote title={t.provider.notSaved} error={unsaved} />}
          <div className="connect-actions">
            <Button type="submit" size="md" loading={saving} disabled={model === ''}>
              {props.finish}
            </Button>
          </div>
        </>
      )}
    </form>
  );
}
