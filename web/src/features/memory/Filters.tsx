/** What is looked for and what is shown, all of it in the address. */
import { ActionIcon, NativeSelect, TextInput } from '@mantine/core';
import { IconMessage, IconPin, IconSearch, IconTrash, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useCommands } from '@/app/commands';
import { t } from '@/i18n';
import { count, shortCount } from '@/i18n/format';
import { tip } from '@/ui/Tips';
import { useCounts } from './data';
import type { MemoryQuery } from './query.logic';
import { AUTHORS, categoryName } from './words';

const PAUSE_MS = 120;

interface FiltersProps {
  query: MemoryQuery;
  go: (next: MemoryQuery, replace?: boolean) => void;
}

export function Filters({ query, go }: FiltersProps) {
  const counts = useCounts().data;
  const { category, pinned, author, session, bin } = query;
  const plain = !category && !pinned && !author && !session && !bin;
  const set = (change: Partial<MemoryQuery>) => {
    const next = { ...query, open: undefined, ...change };
    go(Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined)));
  };
  const known = counts?.categories ?? [];
  // The one in the address stays to be seen when it is empty.
  const missing =
    category && !known.some(({ name }) => name === category) ? [{ name: category, count: 0 }] : [];
  return (
    <div className="memory-filters">
      <div className="memory-find">
        <Search query={query} go={go} />
        <NativeSelect
          aria-label={t.memory.source}
          value={author ?? ''}
          className="memory-source"
          data={[
            { value: '', label: t.memory.anySource },
            ...AUTHORS.map((one) => ({ value: one, label: t.memory.authors[one] })),
          ]}
          onChange={(event) => {
            const chosen = AUTHORS.find((one) => one === event.currentTarget.value);
            set({ author: chosen });
          }}
        />
      </div>
      <div className="chips" role="group" aria-label={t.memory.filters}>
        <Chip on={plain} onClick={() => go(query.q ? { q: query.q } : {})} number={counts?.total}>
          {t.memory.all}
        </Chip>
        <Chip on={pinned ?? false} onClick={() => set({ pinned: pinned ? undefined : true })}>
          <IconPin size={14} aria-hidden /> {t.memory.pinnedOnly}
        </Chip>
        {[...known, ...missing].map((one) => (
          <Chip
            key={one.name}
            on={category === one.name}
            number={one.count}
            onClick={() => set({ category: category === one.name ? undefined : one.name })}
          >
            {categoryName(one.name)}
          </Chip>
        ))}
        {session && (
          <Chip on onClick={() => set({ session: undefined })}>
            <IconMessage size={14} aria-hidden /> {t.memory.fromSession} <IconX size={13} aria-hidden />
          </Chip>
        )}
        {((counts?.deleted ?? 0) > 0 || bin) && (
          <Chip on={bin ?? false} onClick={() => go(bin ? {} : { bin: true })}>
            <IconTrash size={14} aria-hidden /> {t.memory.bin(count(counts?.deleted ?? 0))}
          </Chip>
        )}
      </div>
    </div>
  );
}

interface ChipProps {
  on: boolean;
  number?: number;
  onClick: () => void;
  children: React.ReactNode;
}

const Chip = ({ on, number, onClick, children }: ChipProps) => (
  <button type="button" className="chip" aria-pressed={on} onClick={onClick}>
    {children}
    {number !== undefined && <span className="chip-number num">{shortCount(number)}</span>}
  </button>
);

/** Searches while somebody types, after a short pause; an input method's letters are not yet words. */
function Search({ query, go }: FiltersProps) {
  const asked = query.q ?? '';
  const [text, setText] = useState(asked);
  const sent = useRef(asked);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  useEffect(() => {
    // The address was changed by something else: a link, the way back.
    if (asked !== sent.current) {
      sent.current = asked;
      setText(asked);
    }
  }, [asked]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useCommands([
    {
      id: 'memory-search',
      icon: IconSearch,
      keys: '/',
      label: t.memory.focusSearch,
      group: 'page',
      run: () => {
        input.current?.focus();
        input.current?.select();
      },
    },
  ]);

  const search = (words: string, pause: number) => {
    setText(words);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      sent.current = words.trim() ? words : '';
      const { q: _, open: __, bin: ___, ...rest } = query;
      go(words.trim() ? { ...rest, q: words } : rest, true);
    }, pause);
  };
  return (
    <TextInput
      ref={input}
      type="search"
      className="memory-search"
      aria-label={t.memory.searchLabel}
      placeholder={t.memory.searchHint}
      maxLength={400}
      value={text}
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      enterKeyHint="search"
      leftSection={<IconSearch size={17} aria-hidden />}
      rightSection={
        text && (
          <ActionIcon
            variant="subtle"
            color="gray"
            {...tip(t.memory.clearSearch)}
            onClick={() => {
              search('', 0);
              input.current?.focus();
            }}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        )
      }
      onChange={(event) => search(event.currentTarget.value, PAUSE_MS)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && text) {
          event.preventDefault();
          search('', 0);
        } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) search(text, 0);
      }}
    />
  );
}
