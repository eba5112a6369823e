/** Limits: what few jobs need stands folded. */
import { Checkbox, NativeSelect, TextInput } from '@mantine/core';
import type { CronCatchUp, CronOverlap } from '@/api/types';
import { t } from '@/i18n';
import { type Draft, EMPTY } from './draft.logic';
import { useSessionChoices } from './WhatFields';

interface LimitFieldsProps {
  draft: Draft;
  set: (changes: Partial<Draft>) => void;
  wrong: (field: keyof Draft) => string | undefined;
}

const NUMBERS = ['timeout', 'retries', 'jitter'] as const;
const OVERLAPS: readonly CronOverlap[] = ['skip', 'queue'];
const CATCH_UPS: readonly CronCatchUp[] = ['last', 'all', 'none'];
const LIMITS = [...NUMBERS, 'overlap', 'catchUp', 'deliverTo', 'deleteAfterRun'] as const;

export function LimitFields({ draft, set, wrong }: LimitFieldsProps) {
  const sessions = useSessionChoices(draft.deliverTo, t.cron.deliverNowhere);
  const special = LIMITS.some((field) => draft[field] !== EMPTY[field]);
  const isWrong = NUMBERS.some((field) => wrong(field) !== undefined);
  return (
    <details className="limits" open={special || isWrong || undefined}>
      <summary>{t.cron.more}</summary>
      <div className="limits-fields">
        {NUMBERS.map((field) => (
          <TextInput
            key={field}
            label={t.cron.numbers[field]}
            placeholder={field === 'timeout' ? t.cron.timeoutHint : undefined}
            inputMode="numeric"
            maxLength={6}
            value={draft[field]}
            error={wrong(field)}
            onChange={(event) => set({ [field]: event.currentTarget.value })}
          />
        ))}
        <NativeSelect
          label={t.cron.overlap}
          value={draft.overlap}
          data={OVERLAPS.map((value) => ({ value, label: t.cron.overlaps[value] }))}
          onChange={(event) => set({ overlap: event.currentTarget.value as CronOverlap })}
        />
        <NativeSelect
          label={t.cron.catchUp}
          value={draft.catchUp}
          data={CATCH_UPS.map((value) => ({ value, label: t.cron.catchUps[value] }))}
          onChange={(event) => set({ catchUp: event.currentTarget.value as CronCatchUp })}
        />
        <NativeSelect
          label={t.cron.deliverTo}
          value={draft.deliverTo}
          data={sessions}
          onChange={(event) => set({ deliverTo: event.currentTarget.value })}
        />
      </div>
      <Checkbox
        label={t.cron.deleteAfterRun}
        checked={draft.deleteAfterRun}
        onChange={(event) => set({ deleteAfterRun: event.currentTarget.checked })}
      />
    </details>
  );
}
