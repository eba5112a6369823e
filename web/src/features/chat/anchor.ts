/** Keeps what is being read where it is while the conversation grows around it. */

/** Browsers that do this by themselves are left to it. */
const byItself = () => typeof CSS !== 'undefined' && CSS.supports('overflow-anchor', 'auto');

/** Holds the first message on the screen in its place, unless the reader is at the end. */
export function holdPlace(box: HTMLElement, atEnd: () => boolean): () => void {
  if (byItself() || typeof ResizeObserver === 'undefined') return () => {};
  let held: { element: Element; top: number } | undefined;
  const note = () => {
    const { top } = box.getBoundingClientRect();
    const element = [...box.querySelectorAll('.msg')].find((one) => one.getBoundingClientRect().bottom > top);
    held = element && { element, top: element.getBoundingClientRect().top };
  };
  const restore = () => {
    if (held?.element.isConnected && !atEnd()) {
      const moved = held.element.getBoundingClientRect().top - held.top;
      if (Math.abs(moved) > 0.5) box.scrollTop += moved;
    }
    note();
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
