/** Finds words in the whole conversation: all of it is read first, then one goes from hit to hit. */
import { ActionIcon, Loader, TextInput } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconX } from '@tabler/icons-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { t } from '@/i18n';
import { findHits, type Hit, mark } from './find.logic';

export interface FindBarProps {
  box: RefObject<HTMLDivElement | null>;
  /** Changes whenever the messages do. */
  version: unknown;
  loading: boolean;
  onClose: () => void;
}

const PAUSE_MS = 120;

export function FindBar({ box, version, loading, onClose }: FindBarProps) {
  const [query, setQuery] = useState('');
  const [hits, setHits] = useState<Hit[]>([]);
  const [current, setCurrent] = useState(-1);
  const asked = useRef('');

  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for what is in the box
  useEffect(() => {
    const timer = setTimeout(() => {
      const found = box.current ? findHits(box.current, query) : [];
      setHits(found);
      // A new question begins with the newest hit; otherwise one stays where one was, counted from the end.
      const fresh = asked.current !== query;
      asked.current = query;
      setCurrent((before) => (fresh || before < 0 ? found.length - 1 : Math.min(before, found.length - 1)));
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [box, query, version]);

  useEffect(() => {
    mark(hits, current);
    const range = hits[current]?.range;
    const element = range?.startContainer.parentElement;
    element?.closest('details')?.setAttribute('open', '');
    element?.scrollIntoView({ block: 'center' });
  }, [hits, current]);
  useEffect(() => () => mark([], -1), []);

  const move = (by: number) => {
    if (hits.length > 0) setCurrent((before) => (before + by + hits.length) % hits.length);
  };
  const none = query.trim() !== '' && !loading && hits.length === 0;
  return (
    <search className="find-bar">
      <TextInput
        className="find-field"
        size="sm"
        aria-label={t.thread.find}
        placeholder={t.thread.findPlaceholder}
        value={query}
        data-autofocus
        ref={(field) => {
          if (field && document.activeElement !== field && query === '') field.focus({ preventScroll: true });
        }}
        onChange={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            event.preventDefault();
            move(event.shiftKey ? 1 : -1);
          }
          if (event.key === 'Escape') {
            event.preventDefault();
            onClose();
          }
        }}
      />
      <span className="find-count num" role="status">
        {loading ? (
          <Loader size={14} aria-label={t.thread.searching} />
        ) : none ? (
          t.thread.findNone
        ) : hits.length > 0 ? (
          t.thread.findCount(current + 1, hits.length)
        ) : (
          ''
        )}
      </span>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t.thread.findPrevious}
        disabled={hits.length === 0}
        onClick={() => move(-1)}
      >
        <IconChevronUp size={17} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t.thread.findNext}
        disabled={hits.length === 0}
        onClick={() => move(1)}
      >
        <IconChevronDown size={17} aria-hidden />
      </ActionIcon>
      <ActionIcon variant="subtle" color="gray" aria-label={t.thread.closeFind} onClick={onClose}>
        <IconX size={17} aria-hidden />
      </ActionIcon>
    </search>
  );
}
