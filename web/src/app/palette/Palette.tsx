/** Search over everything: pages, actions, settings, and what was said in all conversations. */
import './palette.css';
import {
  IconAdjustments,
  IconArrowRight,
  IconMessage,
  type IconProps,
  IconSearch,
  IconX,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { type ComponentType, type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { t } from '@/i18n';
import { count, relativeTime } from '@/i18n/format';
import { KeyHint } from '@/ui/KeyHint';
import { Sheet } from '@/ui/Sheet';
import { useCommandList } from '../commands';
import { useKeyMap } from '../keys';
import { useFoundSessions } from './found';
import { answering } from './palette.logic';
import { useFoundSettings } from './settings';

export interface Item {
  id: string;
  label: string;
  words?: string;
  icon?: ComponentType<IconProps>;
  keys?: string;
  /** A second line: where the words were said. */
  detail?: string;
  /** On the right: how long ago. */
  aside?: string;
  run: () => void;
}
interface Section {
  name: string;
  items: Item[];
}

export default function Palette({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const own = useOwnItems();
  const navigate = useNavigate();
  const found = useFoundSessions(typed);
  const settings = useFoundSettings(typed);

  const sections = useMemo(() => {
    const matching = (items: Item[]) => answering(items, typed);
    const sessions: Item[] = found.sessions.map((session) => ({
      id: `session-${session.id}`,
      label: session.title || t.chat.untitled,
      icon: IconMessage,
      detail: session.snippet,
      aside: relativeTime(session.at),
      run: () =>
        void navigate({
          to: '/chat/$session',
          params: { session: session.id },
          search: { turn: session.turn },
        }),
    }));
    const searching = typed.trim() !== '';
    const settled: Item[] = settings.map(({ key, label, about }) => ({
      id: `setting-${key.replaceAll('.', '-')}`,
      label,
      icon: IconAdjustments,
      detail: about,
      aside: key,
      run: () => void navigate({ to: '/settings', search: { key } }),
    }));
    const all: Section[] = [
      { name: t.palette.pages, items: matching(own.pages) },
      { name: t.palette.actions, items: matching(own.actions) },
      { name: t.palette.settings, items: settled },
      { name: searching ? t.palette.conversations : t.palette.recent, items: sessions },
    ];
    // What one was at last is wanted most while nothing is typed.
    if (!searching) all.unshift(...all.splice(2, 1));
    return all.filter(({ items }) => items.length > 0);
  }, [own, typed, found.sessions, settings, navigate]);
  const items = sections.flatMap((section) => section.items);

  const [chosen, setChosen] = useState<string>();
  const at = Math.max(
    0,
    items.findIndex((item) => item.id === chosen),
  );
  const current = items[at];
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was typed anew is answered best by the first
  useEffect(() => {
    setChosen(undefined);
    list.current?.scrollTo({ top: 0 });
  }, [typed]);

  const choose = (item: Item) => {
    onClose();
    item.run();
  };
  const move = (to: number) => {
    const next = items[(to + items.length) % items.length];
    if (!next) return;
    setChosen(next.id);
    document.getElementById(`${id}-${next.id}`)?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const steps: Record<string, () => void> = {
      ArrowDown: () => move(at + 1),
      ArrowUp: () => move(at - 1),
      PageDown: () => move(Math.min(at + 8, items.length - 1)),
      PageUp: () => move(Math.max(at - 8, 0)),
      Enter: () => current && choose(current),
    };
    const step =
      steps[event.key] ??
      (event.ctrlKey && { n: steps.ArrowDown, j: steps.ArrowDown, p: steps.ArrowUp }[event.key]);
    if (!step) return;
    event.preventDefault();
    step();
  };

  return (
    <Sheet label={t.palette.title} className="palette" focus={input} onClose={onClose}>
      <div className="palette-top">
        <IconSearch size={19} stroke={1.8} aria-hidden />
        <input
          ref={input}
          className="palette-input"
          role="combobox"
          aria-expanded
          aria-controls={id}
          aria-activedescendant={current && `${id}-${current.id}`}
          aria-autocomplete="list"
          aria-label={t.palette.placeholder}
          placeholder={t.palette.placeholder}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={200}
          enterKeyHint="go"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <button type="button" className="side-fold" aria-label={t.common.close} onClick={onClose}>
          <IconX size={18} stroke={1.7} aria-hidden />
        </button>
      </div>
      <div ref={list} id={id} className="palette-list" role="listbox" aria-label={t.palette.results}>
        {sections.map((section) => (
          <div key={section.name} role="group" aria-label={section.name}>
            <div className="palette-heading" aria-hidden>
              {section.name}
            </div>
            {section.items.map((item) => (
              <Row
                key={item.id}
                id={`${id}-${item.id}`}
                item={item}
                active={item === current}
                onChoose={() => choose(item)}
                onHover={() => setChosen(item.id)}
              />
            ))}
          </div>
        ))}
      </div>
      <div className="palette-foot">
        <span role="status" className="palette-state">
          {found.failed
            ? t.palette.searchFailed
            : found.busy
              ? t.palette.nothingYet
              : items.length === 0
                ? t.palette.nothing(typed.trim())
                : typed && <span className="hidden-words">{t.palette.found(count(items.length))}</span>}
        </span>
        <span className="palette-hints" aria-hidden>
          <KeyHint keys="up" />
          <KeyHint keys="down" /> {t.palette.toMove}
          <KeyHint keys="enter" /> {t.palette.toOpen}
          <KeyHint keys="esc" /> {t.palette.toClose}
        </span>
      </div>
    </Sheet>
  );
}

interface RowProps {
  id: string;
  item: Item;
  active: boolean;
  onChoose: () => void;
  onHover: () => void;
}

function Row({ id, item, active, onChoose, onHover }: RowProps) {
  const Icon = item.icon ?? IconArrowRight;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keyboard
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={active}
      className="palette-row"
      onClick={onChoose}
      // Moving, not entering: rows that slide under a resting mouse must not take the choice.
      onPointerMove={active ? undefined : onHover}
    >
      <Icon size={17} stroke={1.7} aria-hidden />
      <span className="palette-words">
        <span className="palette-label">{item.label}</span>
        {item.detail && <span className="palette-detail">{item.detail}</span>}
      </span>
      {item.aside && <span className="palette-aside">{item.aside}</span>}
      {item.keys && <KeyHint keys={item.keys} />}
    </div>
  );
}

/** Pages, and all that commands and keys can do here. */
function useOwnItems() {
  const commands = useCommandList();
  const keyMap = useKeyMap();
  return useMemo(() => {
    const ranked = [...commands].sort((one, other) => rank(one.group) - rank(other.group));
    const named = new Set(commands.map(({ label }) => label));
    const keyed: Item[] = keyMap
      .filter(({ label, group }) => (group ?? 'page') === 'page' && !named.has(label))
      .map(({ keys, label, run }) => ({ id: `key-${keys.replace(' ', '-')}`, label, keys, run }));
    return {
      pages: ranked.filter(({ group }) => group === 'go'),
      actions: [
        ...keyed,
        ...ranked.filter(({ id, group }) => group !== 'go' && id !== 'palette'),
      ] satisfies Item[],
    };
  }, [commands, keyMap]);
}

const rank = (group: 'page' | 'go' | 'do' | undefined) => (group === 'do' || group === 'go' ? 1 : 0);
