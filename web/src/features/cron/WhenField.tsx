/** When: words or an expression, with what they come to while one types. */
import { Skeleton, TextInput } from '@mantine/core';
import { useEffect, useId, useState } from 'react';
import { ApiError } from '@/api/client';
import { t } from '@/i18n';
import { failureOf } from '@/ui/failure';
import { usePreview } from './data';
import type { Draft } from './draft.logic';
import { Times } from './Times';

interface WhenFieldProps {
  draft: Draft;
  set: (changes: Partial<Draft>) => void;
  wrong: (field: keyof Draft) => string | undefined;
}

/** Between a key and the question what it comes to. */
const REST_MS = 250;
/** Wordings that the gateway understands; it speaks English, and so do they. */
const EXAMPLES = [
  'every weekday at 9',
  'every morning at 8',
  'every 15 minutes',
  'on the first of each month at 10:30',
  'tomorrow at 7',
  '0 9 * * 1-5',
];
const zones = (): string[] => {
  try {
    return Intl.supportedValuesOf('timeZone');
  } catch {
    return [];
  }
};

function useRested<T>(value: T): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), REST_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}

export function WhenField({ draft, set, wrong }: WhenFieldProps) {
  const list = useId();
  const text = useRested(draft.when.trim());
  const tz = useRested(draft.tz.trim());
  return (
    <div className="when">
      <div className="when-fields">
        <TextInput
          label={t.cron.when}
          description={t.cron.whenHint}
          placeholder={EXAMPLES[0]}
          data-autofocus
          maxLength={256}
          value={draft.when}
          error={wrong('when')}
          onChange={(event) => set({ when: event.currentTarget.value })}
        />
        <TextInput
          label={t.cron.tz}
          description={t.cron.tzHint}
          list={list}
          maxLength={64}
          value={draft.tz}
          error={wrong('tz')}
          onChange={(event) => set({ tz: event.currentTarget.value })}
        />
        <datalist id={list}>
          {zones().map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </div>
      <fieldset className="cron-chips" aria-label={t.cron.examples}>
        {EXAMPLES.map((example) => (
          <button
            key={example}
            type="button"
            className="cron-chip"
            aria-pressed={draft.when.trim() === example}
            onClick={() => set({ when: example })}
          >
            {example}
          </button>
        ))}
      </fieldset>
      <div className="when-comes" aria-live="polite">
        {text === '' ? <p className="dimmed">{t.cron.previewEmpty}</p> : <ComesTo text={text} tz={tz} />}
      </div>
    </div>
  );
}

/** What was understood, and the next five times. */
function ComesTo({ text, tz }: { text: string; tz: string }) {
  const seen = usePreview(text, tz);
  if (seen.isError) {
    const expected = seen.error instanceof ApiError ? seen.error.message : failureOf(seen.error).message;
    return <p className="when-wrong">{expected}</p>;
  }
  if (!seen.data) return <Skeleton h={120} aria-label={t.common.loading} />;
  const { words, tz: zone, next, remark } = seen.data;
  return (
    <div aria-busy={seen.isPlaceholderData}>
      <p className="when-words">
        {words} <span className="dimmed">({zone})</span>
      </p>
      <Times times={next} tz={zone} />
      {remark != null && <p className="dimmed">{remark}</p>}
    </div>
  );
}
