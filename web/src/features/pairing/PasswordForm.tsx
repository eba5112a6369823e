/** The second way in, where the owner has set a password. */
import { Button, PasswordInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { signInWithPassword } from '@/api/auth';
import { ApiError } from '@/api/client';
import { t } from '@/i18n';
import { countdown } from '@/i18n/format';
import { useNow } from '@/ui/useNow';

export function PasswordForm() {
  const [password, setPassword] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [until, setUntil] = useState(0);
  const now = useNow(250, until > Date.now());
  const locked = Math.max(0, Math.ceil((until - now) / 1_000));
  const field = useRef<HTMLInputElement>(null);
  const submit = async () => {
    if (!password || busy || locked > 0) return;
    setBusy(true);
    setError(null);
    try {
      await signInWithPassword(password);
    } catch (refusal) {
      setBusy(false);
      if (refusal instanceof ApiError && refusal.status === 429)
        setUntil(Date.now() + (refusal.retryAfter ?? 60) * 1_000);
      else setError(wordsFor(refusal));
      field.current?.focus();
      field.current?.select();
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <PasswordInput
        ref={field}
        label={t.pairing.passwordLabel}
        value={password}
        error={
          locked > 0 ? <span className="num">{t.pairing.lockedPassword(countdown(locked))}</span> : error
        }
        autoFocus
        autoComplete="current-password"
        size="md"
        classNames={{ label: 'pairing-label', error: 'pairing-hint' }}
        onChange={(event) => {
          setPassword(event.currentTarget.value);
          setError(null);
        }}
      />
      <Button type="submit" fullWidth size="md" mt="md" loading={busy} disabled={!password || locked > 0}>
        {t.pairing.passwordSubmit}
      </Button>
    </form>
  );
}

function wordsFor(refusal: unknown): string {
  if (!(refusal instanceof ApiError)) return t.common.unreachable;
  return refusal.status === 401 || refusal.status === 403 ? t.pairing.wrongPassword : refusal.message;
}
