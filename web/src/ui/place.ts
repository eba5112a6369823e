/** Where a floating box stands: below what it belongs to, above where there is no room, always inside the window. */

export type Align = 'start' | 'center' | 'end';

interface Box {
  width: number;
  height: number;
}

const GAP = 6;
const EDGE = 8;

const clamp = (value: number, least: number, most: number) => Math.max(least, Math.min(value, most));

export function place(
  box: Box,
  anchor: { top: number; bottom: number; left: number; right: number },
  window: Box,
  align: Align,
): { left: number; top: number } {
  const below = anchor.bottom + GAP;
  const above = anchor.top - GAP - box.height;
  const fitsBelow = below + box.height <= window.height - EDGE;
  const top = fitsBelow || above < EDGE ? below : above;
  const left =
    align === 'start'
      ? anchor.left
      : align === 'end'
        ? anchor.right - box.width
        : (anchor.left + anchor.right - box.width) / 2;
  return {
    left: Math.round(clamp(left, EDGE, Math.max(EDGE, window.width - EDGE - box.width))),
    top: Math.round(clamp(top, EDGE, Math.max(EDGE, window.height - EDGE - box.height))),
  };
}

export function placeBeside(node: HTMLElement, anchor: DOMRect, align: Align) {
  const { left, top } = place(
    { width: node.offsetWidth, height: node.offsetHeight },
    anchor,
    { width: document.documentElement.clientWidth, height: window.innerHeight },
    align,
  );
  node.style.left = `${left}px`;
  node.style.top = `${top}px`;
}
