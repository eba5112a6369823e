/**
 * Reads its content when it comes near the screen. Until then the plain words stand there, so that the browser's own
 * search finds them, and a conversation of thousands of messages costs no more than what is seen of it.
 */
import { type ReactNode, useEffect, useRef, useState } from 'react';

const NEAR = '1500px';

const observers = new WeakMap<Element, IntersectionObserver>();
const waiting = new WeakMap<Element, () => void>();

/** Margins count at the box that scrolls, so each such box has an observer of its own. */
function observerOf(box: Element): IntersectionObserver {
  const known = observers.get(box);
  if (known) return known;
  const fresh = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) waiting.get(target)?.();
    },
    { root: box, rootMargin: `${NEAR} 0px` },
  );
  observers.set(box, fresh);
  return fresh;
}

/** The message is watched and not what is in it: what is in it has no place while it is not laid out. */
function watch(inside: Element, near: () => void) {
  const box = inside.closest('.scroller');
  const message = inside.closest('.msg');
  if (typeof IntersectionObserver === 'undefined' || !box || !message) {
    near();
    return () => {};
  }
  const observer = observerOf(box);
  waiting.set(message, near);
  observer.observe(message);
  return () => {
    observer.unobserve(message);
    waiting.delete(message);
  };
}

export function Deferred(props: { soon: boolean; words: () => string; children: ReactNode }) {
  const [near, setNear] = useState(props.soon);
  const place = useRef<HTMLDivElement>(null);
  const shown = near || props.soon;
  useEffect(() => {
    if (shown || !place.current) return;
    return watch(place.current, () => setNear(true));
  }, [shown]);
  if (shown) return props.children;
  return (
    <div ref={place} className="md deferred">
      {props.words()}
    </div>
  );
}
