/** Which turns are listed, all of it in the address. */
import { ActionIcon, NativeSelect, TextInput } from '@mantine/core';
import { IconMessage, IconSearch, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useCommands } from '@/app/commands';
import { t } from '@/i18n';
import { dollars, milliseconds } from '@/i18n/format';
import { tip } from '@/ui/Tips';
import { ORIGINS, STATES, type TracesSearch, tracesSearch } from './search.logic';

const DURATIONS = [1_000, 5_000, 10_000, 30_000, 60_000, 300_000];
const COSTS = [0.001, 0.01, 0.1, 1];
const PAUSE_MS = 250;

export interface FiltersProps {
  search: TracesSearch;
  go: (next: TracesSearch, replace?: boolean) => void;
  sessionTitle?: string;
}

/** Round amounts to choose from; one that only the address has stays to be seen. */
const withOwn = (offered: readonly number[], own: number | undefined) =>
  own === undefined || offered.includes(own) ? offered : [...offered, own].sort((one, other) => one - other);

export function Filters({ search, go, sessionTitle }: FiltersProps) {
  const set = (change: Record<string, unknown>) => go(tracesSearch({ ...search, ...change }));
  return (
    <div className="traces-filters" role="search" aria-label={t.traces.filters}>
      <NativeSelect
        aria-label={t.traces.stateLabel}
        value={search.state ?? ''}
        data={[
          { value: '', label: t.traces.anyState },
          ...STATES.map((one) => ({ value: one, label: t.traces.states[one] })),
        ]}
        onChange={(event) => set({ state: event.currentTarget.value })}
      />
      <NativeSelect
        aria-label={t.traces.originLabel}
        value={search.origin ?? ''}
        data={[
          { value: '', label: t.traces.anyOrigin },
          ...ORIGINS.map((one) => ({ value: one, label: t.traces.origins[one] })),
        ]}
        onChange={(event) => set({ origin: event.currentTarget.value })}
      />
      <NativeSelect
        aria-label={t.traces.minLabel}
        value={search.min ?? ''}
        data={[
          { value: '', label: t.traces.anyMin },
          ...withOwn(DURATIONS, search.min).map((one) => ({
            value: String(one),
            label: t.traces.atLeast(milliseconds(one)),
          })),
        ]}
        onChange={(event) => set({ min: event.currentTarget.value })}
      />
      <NativeSelect
        aria-label={t.traces.costLabel}
        value={search.cost ?? ''}
        data={[
          { value: '', label: t.traces.anyCost },
          ...withOwn(COSTS, search.cost).map((one) => ({
            value: String(one),
            label: t.traces.atLeast(dollars(String(one))),
          })),
        ]}
        onChange={(event) => set({ cost: event.currentTarget.value })}
      />
      <Model search={search} go={go} />
      {search.session && (
        <button type="button" className="traces-chip" onClick={() => set({ session: undefined })}>
          <IconMessage size={14} aria-hidden />
          <span>{sessionTitle ? t.traces.inSession(sessionTitle) : t.traces.inOneSession}</span>
          <IconX size={13} aria-hidden />
        </button>
      )}
    </div>
  );
}

/** Looks while somebody types, after a short pause. */
function Model({ search, go }: FiltersProps) {
  const asked = search.model ?? '';
  const [text, setText] = useState(asked);
  const sent = useRef(asked);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    // The address was changed by something else: a link, the way back.
    if (asked === sent.current) return;
    sent.current = asked;
    setText(asked);
  }, [asked]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useCommands([
    {
      id: 'traces-model',
      icon: IconSearch,
      keys: '/',
      label: t.traces.modelHint,
      group: 'page',
      run: () => {
        input.current?.focus();
        input.current?.select();
      },
    },
  ]);
  const look = (words: string, pause: number) => {
    setText(words);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const next = tracesSearch({ ...search, model: words });
      sent.current = next.model ?? '';
      go(next, true);
    }, pause);
  };
  return (
    <TextInput
      ref={input}
      className="traces-model"
      aria-label={t.traces.modelLabel}
      placeholder={t.traces.modelHint}
      maxLength={200}
      value={text}
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      rightSection={
        text && (
          <ActionIcon
            variant="subtle"
            color="gray"
            {...tip(t.traces.clearModel)}
            onClick={() => {
              look('', 0);
              input.current?.focus();
            }}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        )
      }
      onChange={(event) => look(event.currentTarget.value, PAUSE_MS)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && text) {
          event.preventDefault();
          look('', 0);
        } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) look(text, 0);
      }}
    />
  );
}
