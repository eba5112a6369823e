/** Keeps what is being read where it is while the conversation grows around it. */

/** Where to look for a message, from the upper edge down: there are gaps between them. */
const LOOK_PX = [4, 24, 60, 120, 240];

function messageAt(box: HTMLElement): Element | undefined {
  const { left, width, top } = box.getBoundingClientRect();
  for (const down of LOOK_PX) {
    const found = document.elementFromPoint(left + width / 2, top + down)?.closest('.msg');
    if (found && box.contains(found)) return found;
  }
  return undefined;
}

/**
 * Holds the first message on the screen in its place, unless the reader is at the end. Browsers have something like
 * it of their own, or not, and take earlier messages for a shift where a box grows upwards: so it is switched off.
 */
export function holdPlace(box: HTMLElement, atEnd: () => boolean): () => void {
  if (typeof ResizeObserver === 'undefined') return () => {};
  let held: { element: Element; top: number } | undefined;
  const note = () => {
    const element = messageAt(box);
    held = element && { element, top: element.getBoundingClientRect().top };
  };
  const restore = () => {
    if (held?.element.isConnected && !atEnd()) {
      const moved = held.element.getBoundingClientRect().top - held.top;
      if (Math.abs(moved) > 0.5) box.scrollTop += moved;
    } else note();
  };
  const sizes = new ResizeObserver(restore);
  const rows = box.querySelector('.rows');
  if (rows) sizes.observe(rows);
  box.addEventListener('scroll', note, { passive: true });
  return () => {
    sizes.disconnect();
    box.removeEventListener('scroll', note);
  };
}

/**
 * Brings a message to the middle of the screen. Heights of what was not laid out so far are guesses, so its place
 * is looked at again until it stays.
 */
export function bringTo(box: HTMLElement, turnId: string): boolean {
  const find = () => box.querySelector<HTMLElement>(`[data-turn="${CSS.escape(turnId)}"]`);
  if (!find()) return false;
  let rounds = 0;
  let last = Number.NaN;
  const settle = () => {
    const element = find();
    if (!element) return;
    element.scrollIntoView({ block: element.offsetHeight > box.clientHeight * 0.8 ? 'start' : 'center' });
    const top = element.getBoundingClientRect().top;
    rounds += 1;
    if (rounds < 12 && Math.abs(top - last) > 1) {
      last = top;
      requestAnimationFrame(settle);
    }
  };
  settle();
  const element = find();
  element?.focus({ preventScroll: true });
  element?.setAttribute('data-found', '');
  setTimeout(() => element?.removeAttribute('data-found'), 2_500);
  return true;
}
