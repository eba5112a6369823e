/**
 * A button that opens a list of actions. It stands in the browser's top layer, so no scrolling or clipping parent
 * hides it, and needs no positioning library: lists full of rows can afford one each.
 */
import { ActionIcon } from '@mantine/core';
import { IconCheck, IconDots } from '@tabler/icons-react';
import {
  type ComponentType,
  type HTMLAttributes,
  type KeyboardEvent,
  type ReactElement,
  type RefObject,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { createPortal } from 'react-dom';
import { KeyHint } from './KeyHint';
import { type Align, placeBeside } from './place';
import { tip } from './Tips';

export interface MenuAction {
  label: string;
  icon?: ComponentType<{ size?: number; stroke?: number }>;
  onSelect?: () => void;
  /** An address instead of an action: a download, another page. */
  href?: string;
  download?: boolean;
  danger?: boolean;
  /** Why it cannot be done now; it stays in reach and says so. */
  why?: string;
  keys?: string;
  /** One of several that exclude each other: whether it is the one in force. */
  checked?: boolean;
}
/** A heading, a line, an action; what is false is left out. */
export type MenuEntry = MenuAction | { heading: string } | 'line' | false | null | undefined;

export type TriggerProps = HTMLAttributes<HTMLElement> & { ref: RefObject<HTMLButtonElement | null> };

export interface ActionMenuProps {
  /** What the button is called, and the menu after it. */
  label: string;
  /** Asked for when the menu opens. */
  entries: () => MenuEntry[];
  /** Another button than the three dots; it must pass the properties on. */
  trigger?: (props: TriggerProps) => ReactElement;
  align?: Align;
  className?: string;
}

const inTopLayer = () => 'showPopover' in HTMLElement.prototype;

export function ActionMenu({ label, entries, trigger, align = 'end', className }: ActionMenuProps) {
  const [open, setOpen] = useState<'first' | 'last' | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const props: TriggerProps = {
    ref: button,
    className,
    'aria-haspopup': 'menu',
    'aria-expanded': open !== null,
    'aria-controls': open ? id : undefined,
    onClick: (event) => {
      event.preventDefault();
      setOpen(open ? null : 'first');
    },
    onKeyDown: (event) => {
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
      event.preventDefault();
      setOpen(event.key === 'ArrowDown' ? 'first' : 'last');
    },
  };
  return (
    <>
      {trigger ? (
        trigger(props)
      ) : (
        <ActionIcon variant="subtle" color="gray" {...tip(label)} {...props}>
          <IconDots size={17} aria-hidden />
        </ActionIcon>
      )}
      {open && (
        <Floating
          id={id}
          label={label}
          entries={entries()}
          begin={open}
          align={align}
          button={button}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}

interface FloatingProps {
  id: string;
  label: string;
  entries: MenuEntry[];
  begin: 'first' | 'last';
  align: Align;
  button: RefObject<HTMLButtonElement | null>;
  onClose: () => void;
}

function Floating({ id, label, entries, begin, align, button, onClose }: FloatingProps) {
  const box = useRef<HTMLDivElement>(null);
  const typed = useRef({ text: '', at: 0 });
  const items = () => [...(box.current?.querySelectorAll<HTMLElement>('[data-item]') ?? [])];

  // Placed and focused once, when it opens: an update of its entries must not move the focus.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useLayoutEffect(() => {
    const node = box.current;
    if (!node || !button.current) return;
    if (inTopLayer()) node.showPopover();
    placeBeside(node, button.current.getBoundingClientRect(), align);
    const chosen = items().find((item) => item.getAttribute('aria-checked') === 'true');
    (chosen ?? items().at(begin === 'first' ? 0 : -1))?.focus({ preventScroll: true });
  }, []);

  useEffect(() => {
    const outside = (event: Event) => {
      const target = event.target as Node;
      if (!box.current?.contains(target) && !button.current?.contains(target)) onClose();
    };
    document.addEventListener('pointerdown', outside, true);
    document.addEventListener('scroll', outside, true);
    window.addEventListener('resize', onClose);
    return () => {
      document.removeEventListener('pointerdown', outside, true);
      document.removeEventListener('scroll', outside, true);
      window.removeEventListener('resize', onClose);
    };
  }, [button, onClose]);

  const close = () => {
    button.current?.focus({ preventScroll: true });
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const all = items();
    const now = all.indexOf(document.activeElement as HTMLElement);
    const go = (to: number) => {
      event.preventDefault();
      all.at(to % all.length)?.focus();
    };
    event.stopPropagation();
    if (event.key === 'ArrowDown') go(now + 1);
    else if (event.key === 'ArrowUp') go(now - 1);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(-1);
    else if (event.key === 'Escape') {
      event.preventDefault();
      close();
    } else if (event.key === 'Tab') close();
    else if (
      event.key.length === 1 &&
      event.key !== ' ' &&
      !event.ctrlKey &&
      !event.metaKey &&
      !event.altKey
    ) {
      const { text, at } = typed.current;
      const next = (event.timeStamp - at < 700 ? text : '') + event.key.toLowerCase();
      typed.current = { text: next, at: event.timeStamp };
      const after = [...all.slice(now + 1), ...all.slice(0, now + 1)];
      after.find((item) => item.textContent?.trim().toLowerCase().startsWith(next))?.focus();
    }
  };
  const menu = (
    <div
      ref={box}
      id={id}
      role="menu"
      tabIndex={-1}
      aria-label={label}
      className="menu"
      popover={inTopLayer() ? 'manual' : undefined}
      onKeyDown={onKeyDown}
    >
      {entries.map((entry, place) => (
        <Entry
          key={typeof entry === 'object' && entry && 'label' in entry ? entry.label : `${place}`}
          entry={entry}
          close={close}
        />
      ))}
    </div>
  );
  return inTopLayer() ? menu : createPortal(menu, document.body);
}

function Entry({ entry, close }: { entry: MenuEntry; close: () => void }) {
  if (!entry) return null;
  if (entry === 'line') return <hr className="menu-line" />;
  if ('heading' in entry)
    return (
      <div className="menu-label" role="presentation">
        {entry.heading}
      </div>
    );
  const { label, icon: Icon, onSelect, href, why, keys, checked } = entry;
  const inside = (
    <>
      {Icon && <Icon size={16} stroke={1.7} aria-hidden />}
      <span className="menu-words">
        {label}
        {why && <span className="menu-why">{why}</span>}
      </span>
      {checked && <IconCheck size={16} stroke={2} aria-hidden />}
      {keys && <KeyHint keys={keys} />}
    </>
  );
  const common = {
    className: 'menu-item',
    role: checked === undefined ? 'menuitem' : 'menuitemradio',
    'aria-checked': checked,
    'aria-disabled': why ? true : undefined,
    'data-danger': entry.danger || undefined,
    'data-item': true,
    // A dialog around the menu listens for Escape before the menu can.
    'data-mantine-stop-propagation': true,
    tabIndex: -1,
  } as const;
  if (href && !why)
    return (
      <a {...common} href={href} download={entry.download} onClick={close}>
        {inside}
      </a>
    );
  return (
    <button
      {...common}
      type="button"
      onClick={() => {
        if (why) return;
        close();
        onSelect?.();
      }}
    >
      {inside}
    </button>
  );
}
