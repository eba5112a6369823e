/**
 * A long list whose end grows: only what is seen is drawn, the end stays in sight until somebody scrolls up, and older
 * entries come as one scrolls towards the beginning. One of them can be chosen by the keyboard.
 */
import './tail.css';
import { IconArrowDown } from '@tabler/icons-react';
import {
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { VList, type VListHandle } from 'virtua';

export interface TailListProps<E extends { id: number }> {
  label: string;
  entries: readonly E[];
  /** The list has just changed at its beginning. */
  shift: boolean;
  row: (entry: E, place: number) => ReactNode;
  /** The entry that is open. */
  open: number | undefined;
  onOpen: (entry: E) => void;
  /** Whether somebody reads further up, so that nothing new should come in. */
  onAway: (away: boolean) => void;
  /** The beginning of the list is near. */
  onOlder?: () => void;
  /** How many wait, in words; nothing while none does. */
  waiting: string | undefined;
  /** Shows what waits. */
  onWaiting: () => void;
}

/** So near to the end counts as the end, in pixels. */
const NEAR = 40;
const OLDER = 600;
/** A scroll so soon after a movement of somebody's hand was meant, in milliseconds. */
const MEANT_MS = 800;

export function TailList<E extends { id: number }>(props: TailListProps<E>): ReactElement {
  const { label, entries, shift, row, open, onOpen, onAway, onOlder, waiting, onWaiting } = props;
  const list = useRef<VListHandle>(null);
  const root = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);
  const hand = useRef(-Infinity);
  const upward = useRef(false);
  const offset = useRef(0);
  const id = useId();
  const [active, setActive] = useState<number | undefined>(open);
  const chosen = entries.findIndex((entry) => entry.id === active);
  const last = entries.length - 1;

  const toEnd = () => {
    stuck.current = true;
    // Not by the list's own means: those go on for a while, against whoever begins to scroll.
    const scroller = root.current?.firstElementChild;
    if (scroller) scroller.scrollTop = scroller.scrollHeight;
  };
  useEffect(() => {
    if (open !== undefined) setActive(open);
  }, [open]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what it depends on is read when the entries change
  useLayoutEffect(() => {
    if (stuck.current && !shift) toEnd();
  }, [entries, shift]);
  // The open one is in sight, where it is in the list.
  const shown = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (open === shown.current) return;
    const place = entries.findIndex((entry) => entry.id === open);
    if (open !== undefined && place === -1) return;
    shown.current = open;
    if (place >= 0) list.current?.scrollToIndex(place, { align: 'nearest' });
  }, [open, entries]);

  const away = (is: boolean) => {
    if (stuck.current !== is) return;
    stuck.current = !is;
    onAway(is);
  };
  const meant = () => {
    hand.current = performance.now();
    upward.current = false;
  };
  const scrolled = (now: number) => {
    const box = list.current;
    if (!box) return;
    const up = now < offset.current - 1;
    offset.current = now;
    const atEnd = box.scrollSize - now - box.viewportSize < NEAR;
    // A small step up counts at once: what comes in the same moment must not pull it back.
    if (up && performance.now() - hand.current < MEANT_MS) away(true);
    else if (atEnd && !up && !upward.current) away(false);
    if (now < OLDER && !stuck.current) onOlder?.();
  };
  const move = (place: number) => {
    const to = Math.min(last, Math.max(0, place));
    const entry = entries[to];
    if (!entry) return;
    setActive(entry.id);
    if (to < last) away(true);
    list.current?.scrollToIndex(to, { align: 'nearest' });
    if (to < 5) onOlder?.();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    meant();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((list.current?.viewportSize ?? 0) / 40));
    const from = chosen === -1 ? last + 1 : chosen;
    const keys: Record<string, () => void> = {
      ArrowUp: () => move(from - 1),
      ArrowDown: () => move(from + 1),
      PageUp: () => move(from - page),
      PageDown: () => move(from + page),
      Home: () => move(0),
      End: () => {
        move(last);
        away(false);
        toEnd();
      },
      Enter: () => {
        const entry = entries[chosen];
        if (entry) onOpen(entry);
      },
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  return (
    <div ref={root} className="tail">
      <VList
        ref={list}
        className="tail-list"
        role="listbox"
        tabIndex={0}
        aria-label={label}
        aria-activedescendant={chosen === -1 ? undefined : `${id}-${active}`}
        data={entries}
        shift={shift}
        keepMounted={chosen === -1 ? undefined : [chosen]}
        onScroll={scrolled}
        onResize={() => {
          if (stuck.current) toEnd();
        }}
        onWheel={(event) => {
          meant();
          upward.current = event.deltaY < 0;
          if (upward.current && offset.current > 0) away(true);
        }}
        onTouchMove={meant}
        onPointerDown={meant}
        onPointerMove={(event) => {
          if (event.buttons) meant();
        }}
        onKeyDown={onKeyDown}
      >
        {(entry, place) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the list's own keys choose and open
          // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and names the chosen one
          <div
            key={entry.id}
            id={`${id}-${entry.id}`}
            role="option"
            aria-selected={entry.id === active}
            className="tail-row"
            data-open={entry.id === open || undefined}
            onClick={() => {
              // Who selects a text does not open anything.
              if (getSelection()?.toString()) return;
              setActive(entry.id);
              onOpen(entry);
            }}
          >
            {row(entry, place)}
          </div>
        )}
      </VList>
      {waiting && (
        <button
          type="button"
          className="tail-waiting"
          onClick={() => {
            stuck.current = true;
            onWaiting();
            toEnd();
          }}
        >
          <IconArrowDown size={15} aria-hidden /> {waiting}
        </button>
      )}
    </div>
  );
}
