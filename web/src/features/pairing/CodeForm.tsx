/** Takes the pairing code; says plainly what is wrong with it and how to get another. */
import { Button, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { pair } from '@/api/auth';
import { ApiError } from '@/api/client';
import type { PairingState } from '@/api/types';
import { t } from '@/i18n';
import { countdown } from '@/i18n/format';
import { CopyBlock } from '@/ui/CopyBlock';
import { useNow } from '@/ui/useNow';
import { deviceName, isComplete, prettyCode } from './pairing.logic';

export interface CodeFormProps {
  prefilled: string | null;
  pairing: PairingState | undefined;
  /** The gateway's view of pairing may have changed. */
  onChanged: () => void;
}

export function CodeForm({ prefilled, pairing, onChanged }: CodeFormProps) {
  const [code, setCode] = useState(() => prettyCode(prefilled ?? ''));
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const { locked, lock, over } = useLockout(pairing);
  const field = useRef<HTMLInputElement>(null);
  const left = useCodeLife(pairing);

  const submit = async (whole = code) => {
    if (busy || locked > 0) return;
    if (!isComplete(whole)) {
      setError(t.pairing.incomplete);
      field.current?.focus();
      return;
    }
    setBusy(true);
    setError(null);
    try {
      await pair(whole, deviceName());
    } catch (refusal) {
      setBusy(false);
      if (refusal instanceof ApiError && refusal.status === 429) lock(refusal.retryAfter ?? 60);
      else if (refusal instanceof ApiError && refusal.status === 403) setError(t.pairing.wrongCode);
      else setError(refusal instanceof ApiError ? refusal.message : t.common.unreachable);
      field.current?.focus();
      field.current?.select();
      onChanged();
    }
  };

  const lockedOver = over && error === null && code !== '';
  const brought = isComplete(prefilled ?? '') && code === prettyCode(prefilled ?? '');
  const dead = pairing !== undefined && !pairing.code_live;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <p className="pairing-intro">{brought ? t.pairing.introBrought : t.pairing.intro}</p>
      <TextInput
        ref={field}
        label={t.pairing.codeLabel}
        description={t.pairing.codeHint}
        inputWrapperOrder={['label', 'input', 'error', 'description']}
        placeholder="ABCD-1234"
        value={code}
        error={locked > 0 ? <Locked seconds={locked} /> : error}
        autoFocus
        autoComplete="one-time-code"
        autoCapitalize="characters"
        autoCorrect="off"
        spellCheck={false}
        inputMode="text"
        classNames={{
          input: 'pairing-code',
          label: 'pairing-label',
          description: 'pairing-hint',
          error: 'pairing-hint',
        }}
        size="lg"
        onChange={(event) => {
          setCode(prettyCode(event.currentTarget.value));
          setError(null);
        }}
        onPaste={(event) => {
          const pasted = prettyCode(event.clipboardData.getData('text'));
          if (!isComplete(pasted)) return;
          // A whole code is all there is to say.
          event.preventDefault();
          setCode(pasted);
          void submit(pasted);
        }}
      />
      {lockedOver && (
        <p className="pairing-over" role="status">
          {t.pairing.lockedOver}
        </p>
      )}
      <Button type="submit" fullWidth size="md" mt="md" loading={busy} disabled={locked > 0}>
        {t.pairing.submit}
      </Button>
      <div className="pairing-help">
        <p>{dead ? t.pairing.noCode : t.pairing.whereCode}</p>
        <CopyBlock text="clawgate pair" label={t.pairing.copyCommand} />
        {left !== null && <p className="pairing-life num">{t.pairing.expires(countdown(left))}</p>}
      </div>
    </form>
  );
}

/** Seconds that the live code still works; null when there is none. */
function useCodeLife(pairing: PairingState | undefined): number | null {
  const until = pairing?.code_live ? pairing.code_expires_at : null;
  const now = useNow(1_000, until != null);
  if (until == null) return null;
  return Math.max(0, (new Date(until).getTime() - now) / 1_000);
}

/** Seconds until codes are taken again, whoever said so last: the refused try or the gateway's own view. */
function useLockout(pairing: PairingState | undefined) {
  const [until, setUntil] = useState(0);
  const now = useNow(250, until > Date.now());
  const lock = (seconds: number) => setUntil(Date.now() + seconds * 1_000);
  const told = pairing?.locked_for_secs ?? 0;
  useEffect(() => {
    if (told > 0) setUntil(Date.now() + told * 1_000);
  }, [told]);
  const locked = Math.max(0, Math.ceil((until - now) / 1_000));
  return { locked, lock, over: until > 0 && locked === 0 };
}

/** Said once, and counted down in silence: a voice for every second would be no help. */
function Locked({ seconds }: { seconds: number }) {
  return (
    <>
      <span className="offscreen" role="alert">
        {t.pairing.lockedShort}
      </span>
      <span className="num" aria-hidden>
        {t.pairing.locked(countdown(seconds))}
      </span>
    </>
  );
}
