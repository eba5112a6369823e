/** Which lines are shown, all of it in the address. */
import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core';
import { IconBox, IconCalendar, IconFilterOff, IconRegex, IconSearch, IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useCommands } from '@/app/commands';
import { t } from '@/i18n';
import { absoluteTime } from '@/i18n/format';
import { tip } from '@/ui/Tips';
import type { Go } from './LogsPage';
import { Modules } from './Modules';
import {
  isNarrowed,
  LEVELS,
  type LogSearch,
  modulesOf,
  RANGES,
  type Range,
  shortTarget,
  withModule,
} from './search.logic';
import { TimeRange } from './TimeRange';

interface FiltersProps {
  search: LogSearch;
  go: Go;
  /** What the gateway does not accept. */
  refused: { field: string; words: string } | undefined;
}

export function Filters({ search, go, refused }: FiltersProps) {
  const [choosing, setChoosing] = useState<'modules' | 'times'>();
  const done = () => setChoosing(undefined);
  const set = (change: LogSearch) => go({ ...search, open: undefined, ...change });
  const { only, hidden } = modulesOf(search.target);
  const custom = search.from !== undefined || search.to !== undefined;
  const wrong = refused && ['text', 'regex'].includes(refused.field) ? refused.words : undefined;
  return (
    <div className="logs-filters" role="search" aria-label={t.logs.filters}>
      <Words search={search} go={go} wrong={wrong} />
      <NativeSelect
        className="logs-level"
        aria-label={t.logs.level}
        value={search.level ?? ''}
        data={[
          { value: '', label: t.logs.anyLevel },
          ...LEVELS.slice(0, 4).map((level) => ({ value: level, label: t.logs.atLeast[level] })),
        ]}
        onChange={(event) => set({ level: LEVELS.find((one) => one === event.currentTarget.value) })}
      />
      <NativeSelect
        className="logs-range"
        aria-label={t.logs.time}
        value={custom ? 'custom' : (search.range ?? '')}
        data={[
          { value: '', label: t.logs.anyTime },
          ...(Object.keys(RANGES) as Range[]).map((range) => ({ value: range, label: t.logs.ranges[range] })),
          { value: 'custom', label: t.logs.custom },
        ]}
        onChange={(event) => {
          const { value } = event.currentTarget;
          if (value === 'custom') setChoosing('times');
          else set({ range: (value || undefined) as Range | undefined, from: undefined, to: undefined });
        }}
      />
      <Button
        variant="default"
        className="logs-act"
        aria-label={t.logs.modules}
        leftSection={<IconBox size={16} aria-hidden />}
        onClick={() => setChoosing('modules')}
        aria-haspopup="dialog"
      >
        {t.logs.modules}
      </Button>
      {refused && !wrong && (
        <p className="logs-refused" role="alert">
          {refused.words}
        </p>
      )}
      {(isNarrowed(search) || custom) && (
        <div className="logs-chips">
          {custom && (
            <>
              <button type="button" className="logs-chip" onClick={() => setChoosing('times')}>
                <IconCalendar size={14} aria-hidden />
                <span>
                  {search.from ? absoluteTime(search.from) : t.logs.beginning}
                  {' – '}
                  {search.to ? absoluteTime(search.to) : t.logs.now}
                </span>
              </button>
              <Drop label={t.logs.anyTime} onClick={() => set({ from: undefined, to: undefined })}>
                {t.logs.anyTime}
              </Drop>
            </>
          )}
          {only.map((name) => (
            <Drop
              key={name}
              label={t.logs.dropFilter(name)}
              onClick={() => set({ target: withModule(search.target, name, undefined) })}
            >
              {t.logs.onlyModule(shortTarget(name))}
            </Drop>
          ))}
          {hidden.map((name) => (
            <Drop
              key={name}
              label={t.logs.dropFilter(name)}
              onClick={() => set({ target: withModule(search.target, name, undefined) })}
            >
              {t.logs.withoutModule(shortTarget(name))}
            </Drop>
          ))}
          {(['turn', 'session', 'request'] as const).map((part) => {
            const id = search[part];
            return (
              id && (
                <Drop key={part} label={t.logs.dropFilter(id)} onClick={() => set({ [part]: undefined })}>
                  {t.logs.of[part](id)}
                </Drop>
              )
            );
          })}
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconFilterOff size={15} aria-hidden />}
            onClick={() => go({})}
          >
            {t.logs.clear}
          </Button>
        </div>
      )}
      {choosing === 'modules' && (
        <Modules
          target={search.target}
          onTarget={(target) => go({ ...search, open: undefined, target }, true)}
          onClose={done}
        />
      )}
      {choosing === 'times' && (
        <TimeRange
          search={search}
          onClose={done}
          onRange={(from, to) => {
            done();
            set({ range: undefined, from, to });
          }}
        />
      )}
    </div>
  );
}

const Drop = ({ label, onClick, children }: { label: string; onClick: () => void; children: ReactNode }) => (
  <button type="button" className="logs-chip" aria-description={label} onClick={onClick}>
    <span>{children}</span>
    <IconX size={13} aria-hidden />
  </button>
);

const PAUSE_MS = 250;

/** Searches while somebody types, after a short pause. */
function Words({ search, go, wrong }: { search: LogSearch; go: Go; wrong: string | undefined }) {
  const asked = search.q ?? '';
  const [text, setText] = useState(asked);
  const sent = useRef(asked);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef(search);
  latest.current = search;
  useEffect(() => {
    // The address was changed by something else: a link, the way back.
    if (asked === sent.current) return;
    sent.current = asked;
    setText(asked);
  }, [asked]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useCommands([
    {
      id: 'logs-search',
      icon: IconSearch,
      keys: '/',
      label: t.logs.focusSearch,
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
      sent.current = words.trim() ? words : '';
      go({ ...latest.current, open: undefined, q: words.trim() ? words : undefined }, true);
    }, pause);
  };
  return (
    <TextInput
      ref={input}
      type="search"
      className="logs-search"
      aria-label={t.logs.searchLabel}
      placeholder={search.regex ? t.logs.regexHint : t.logs.searchHint}
      maxLength={500}
      value={text}
      error={wrong}
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      enterKeyHint="search"
      leftSection={<IconSearch size={17} aria-hidden />}
      rightSectionWidth={36}
      rightSection={
        <ActionIcon
          variant={search.regex ? 'light' : 'subtle'}
          color={search.regex ? undefined : 'gray'}
          aria-pressed={search.regex ?? false}
          {...tip(t.logs.regex)}
          onClick={() => go({ ...search, open: undefined, regex: search.regex ? undefined : true }, true)}
        >
          <IconRegex size={17} aria-hidden />
        </ActionIcon>
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
