/**
 * Short hints beside what the mouse rests on or the keyboard reaches: one element for the whole page, fed by
 * `data-tip` attributes. A hint repeats what a name says already, so it is not read out a second time.
 */
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { KeyHint } from './KeyHint';
import { placeBeside } from './place';

const PAUSE_MS = 450;

/** For a button that shows only a picture: its name, and the hint that shows it. */
export const tip = (label: string, keys?: string) => ({
  'aria-label': label,
  'data-tip': label,
  ...(keys ? { 'data-tip-keys': keys } : {}),
});

interface Shown {
  target: HTMLElement;
  text: string;
  keys?: string;
}

export function Tips() {
  const [shown, setShown] = useState<Shown | null>(null);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hide = () => {
      clearTimeout(timer);
      setShown(null);
    };
    const show = (target: HTMLElement) => {
      const { tip: text, tipKeys: keys } = target.dataset;
      if (text && target.isConnected) setShown({ target, text, keys });
    };
    const tipped = (event: Event) =>
      event.target instanceof Element ? event.target.closest<HTMLElement>('[data-tip]') : null;
    const over = (event: PointerEvent) => {
      const target = tipped(event);
      if (!target || event.pointerType === 'touch') return;
      clearTimeout(timer);
      timer = setTimeout(() => show(target), PAUSE_MS);
    };
    const out = (event: PointerEvent) => {
      const target = tipped(event);
      if (target && !(event.relatedTarget instanceof Node && target.contains(event.relatedTarget))) hide();
    };
    const focused = (event: FocusEvent) => {
      const target = tipped(event);
      if (target?.matches(':focus-visible')) show(target);
    };
    const listeners: [string, (event: never) => void][] = [
      ['pointerover', over],
      ['pointerout', out],
      ['pointerdown', hide],
      ['focusin', focused],
      ['focusout', hide],
      ['keydown', hide],
      ['scroll', hide],
    ];
    for (const [name, run] of listeners) document.addEventListener(name, run as EventListener, true);
    return () => {
      clearTimeout(timer);
      for (const [name, run] of listeners) document.removeEventListener(name, run as EventListener, true);
    };
  }, []);

  useLayoutEffect(() => {
    const node = box.current;
    if (!node || !shown) return;
    node.showPopover?.();
    placeBeside(node, shown.target.getBoundingClientRect(), 'center');
  }, [shown]);

  if (!shown) return null;
  return (
    <div ref={box} className="tip" popover="manual" aria-hidden>
      {shown.text}
      {shown.keys && <KeyHint keys={shown.keys} />}
    </div>
  );
}
