/** Addresses of the gateway for others to call, ready to be copied. */
import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import type { IntegrationHook } from '@/api/types';
import { t } from '@/i18n';
import { CopyBlock } from '@/ui/CopyBlock';
import { Note } from '@/ui/Note';
import { curlOf } from './view.logic';

interface HooksProps {
  hooks: readonly IntegrationHook[];
  addresses: readonly string[];
}

const isLocal = (address: string) => /^https?:\/\/(localhost|127\.|\[::1\])/.test(address);

export function Hooks({ hooks, addresses }: HooksProps) {
  // Others reach the gateway under the first that is not this machine's own.
  const best = addresses.find((one) => !isLocal(one)) ?? addresses[0] ?? location.origin;
  const [chosen, setChosen] = useState<string>();
  const address = chosen !== undefined && addresses.includes(chosen) ? chosen : best;
  return (
    <section className="integration-part">
      <h3 className="integration-part-title">{t.integrations.hooks}</h3>
      {addresses.length > 1 && (
        <NativeSelect
          label={t.integrations.reachedUnder}
          value={address}
          data={[...addresses]}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
      )}
      {isLocal(address) && <Note tone="info">{t.integrations.onlyHere}</Note>}
      {hooks.map((hook) => (
        <div key={`${hook.method} ${hook.path}`} className="integration-hook">
          <p className="integration-hook-name">
            {t.integrations.hookAddress} <span className="mono dimmed">{hook.method}</span>
          </p>
          <CopyBlock text={address + hook.path} label={t.integrations.copyAddress} />
          <p className="integration-hook-name">{t.integrations.tryIt}</p>
          <CopyBlock text={curlOf(address, hook)} label={t.integrations.copyCommand} />
          {hook.headers.some(({ value }) => value.includes('<')) && (
            <p className="dimmed integration-hook-words">{t.integrations.placeholders}</p>
          )}
        </div>
      ))}
    </section>
  );
}
