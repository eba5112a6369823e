/** Where a provider is and what it asks for: address and key. */
import { Anchor, PasswordInput, TextInput } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import type { ProviderList } from '@/api/types';
import { t } from '@/i18n';
import { type ChoiceId, cleanKey, factsOf, hostOf } from './connect.logic';

export interface AddressFieldsProps {
  list: ProviderList;
  choice: ChoiceId;
  baseUrl: string;
  apiKey: string;
  /** A key is saved already. */
  keyKept: boolean;
  /** The field that the last try found at fault. */
  fault: string | undefined;
  onBaseUrl: (url: string) => void;
  onKey: (key: string) => void;
  /** A whole key was pasted: nothing more is to be typed. */
  onPasted: (key: string) => void;
}

export function AddressFields(props: AddressFieldsProps) {
  const { list, choice, baseUrl } = props;
  const { needsKey, baseUrl: usual, keyUrl } = factsOf(list, choice);
  const asksForAddress = choice === 'compatible' || choice === 'ollama';
  const [elsewhere, setElsewhere] = useState(!asksForAddress && baseUrl !== '');
  const server = list.servers.find((one) => hostOf(one.base_url) === hostOf(baseUrl));
  const link = choice === 'compatible' ? server?.key_url : keyUrl;
  const key = useRef<HTMLInputElement>(null);
  return (
    <>
      {choice === 'compatible' && !props.keyKept && (
        <Servers
          list={list}
          value={baseUrl}
          onPick={(url) => {
            props.onBaseUrl(url);
            key.current?.focus();
          }}
        />
      )}
      {(asksForAddress || elsewhere) && (
        <TextInput
          label={t.provider.baseUrl}
          description={choice === 'compatible' ? t.provider.baseUrlHint : undefined}
          inputWrapperOrder={['label', 'input', 'error', 'description']}
          placeholder={usual || 'https://api.example.com/v1'}
          value={baseUrl}
          error={props.fault === 'base_url'}
          inputMode="url"
          autoComplete="off"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          size="md"
          autoFocus={choice === 'compatible' && baseUrl === ''}
          onChange={(event) => props.onBaseUrl(event.currentTarget.value)}
        />
      )}
      {choice !== 'ollama' && (
        <PasswordInput
          ref={key}
          label={needsKey || server?.needs_key ? t.provider.apiKey : t.provider.apiKeyMaybe}
          description={props.keyKept ? t.provider.keyKept : t.provider.keyNote}
          inputWrapperOrder={['label', 'input', 'error', 'description']}
          placeholder={props.keyKept ? '••••••••••••' : undefined}
          value={props.apiKey}
          error={props.fault === 'api_key'}
          autoFocus={choice !== 'compatible' && !props.keyKept}
          // No password manager should offer the dashboard's password here, or keep the key.
          autoComplete="off"
          data-1p-ignore
          data-lpignore="true"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          size="md"
          visibilityToggleButtonProps={{ 'aria-label': t.provider.showKey }}
          onChange={(event) => props.onKey(event.currentTarget.value)}
          onPaste={(event) => {
            const pasted = cleanKey(event.clipboardData.getData('text'));
            if (!pasted || props.apiKey !== '') return;
            event.preventDefault();
            props.onPasted(pasted);
          }}
        />
      )}
      <div className="connect-links">
        {link && (
          <Anchor href={link} target="_blank" rel="noreferrer noopener" fz="sm">
            {t.provider.getKey}
            <IconExternalLink size={14} stroke={1.7} aria-label={t.provider.newTab} />
          </Anchor>
        )}
        {!asksForAddress && !elsewhere && (
          <Anchor component="button" type="button" fz="sm" c="dimmed" onClick={() => setElsewhere(true)}>
            {t.provider.otherAddress}
          </Anchor>
        )}
      </div>
    </>
  );
}

function Servers(props: { list: ProviderList; value: string; onPick: (url: string) => void }) {
  return (
    <div className="servers" role="group" aria-label={t.provider.servers}>
      {props.list.servers.map((server) => (
        <button
          key={server.title}
          type="button"
          className="server"
          aria-pressed={hostOf(server.base_url) === hostOf(props.value)}
          onClick={() => props.onPick(server.base_url)}
        >
          {server.title}
        </button>
      ))}
    </div>
  );
}
