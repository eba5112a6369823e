/** Looks for settings while somebody types. */
import { ActionIcon, TextInput } from '@mantine/core';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useCommands } from '@/app/commands';
import { t } from '@/i18n';
import { tip } from '@/ui/Tips';

const PAUSE_MS = 120;

export function Search({ q, onSearch }: { q: string; onSearch: (words: string) => void }) {
  const [text, setText] = useState(q);
  const sent = useRef(q);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    // The address was changed by something else: a link, the way back.
    if (q === sent.current) return;
    sent.current = q;
    setText(q);
  }, [q]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useCommands([
    {
      id: 'settings-search',
      icon: IconSearch,
      keys: '/',
      label: t.settings.searchLabel,
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
      onSearch(sent.current);
    }, pause);
  };
  return (
    <TextInput
      ref={input}
      type="search"
      className="config-search"
      aria-label={t.settings.searchLabel}
      placeholder={t.settings.searchHint}
      maxLength={200}
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
            {...tip(t.settings.clearSearch)}
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
