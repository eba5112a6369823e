/**
 * The messages. It grows upwards: its zero is the newest message, where the browser stays by itself unless the reader
 * leaves, and earlier messages come in above without moving anything.
 */
import { Button, Loader } from '@mantine/core';
import { IconArrowDown } from '@tabler/icons-react';
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { t } from '@/i18n';
import { holdPlace } from './anchor';

const AWAY_PX = 80;
const EARLY_PX = 900;

export interface ScrollerProps {
  box: RefObject<HTMLDivElement | null>;
  /** The newest message, to tell when there is a new one. */
  count: number;
  growing: boolean;
  earlier: { more: boolean; loading: boolean; failed: boolean; load: () => void };
  children: ReactNode;
}

export function Scroller({ box, count, growing, earlier, children }: ScrollerProps) {
  const [away, setAway] = useState(false);
  const [seen, setSeen] = useState(count);
  useEffect(() => {
    if (!away) setSeen(count);
  }, [away, count]);
  const top = useRef<HTMLDivElement>(null);
  const { more, loading, failed, load } = earlier;
  useEffect(() => {
    const element = box.current;
    return element ? holdPlace(element, () => element.scrollTop > -AWAY_PX) : undefined;
  }, [box]);
  useEffect(() => {
    const element = top.current;
    if (!element || !more || loading || failed || typeof IntersectionObserver === 'undefined') return;
    const near = new IntersectionObserver(
      ([entry]) => {
        // Where everything fits on the screen nobody asked for more.
        const scrolled = box.current && box.current.scrollTop < -AWAY_PX;
        if (entry?.isIntersecting && scrolled) load();
      },
      { root: box.current, rootMargin: `${EARLY_PX}px 0px` },
    );
    near.observe(element);
    return () => near.disconnect();
  }, [box, more, loading, failed, load]);
  const fresh = Math.max(0, count - seen);
  return (
    <div className="thread-body">
      <div
        ref={box}
        className="scroller"
        role="log"
        aria-label={t.thread.messages}
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        onScroll={(event) => setAway(event.currentTarget.scrollTop < -AWAY_PX)}
      >
        <div className="rows">
          <div ref={top} className="earlier">
            {more &&
              (loading ? (
                <Loader size="sm" aria-label={t.thread.loadingEarlier} />
              ) : (
                <>
                  {failed && <span className="earlier-failed">{t.thread.earlierFailed}</span>}
                  <Button variant="subtle" size="compact-sm" onClick={load}>
                    {failed ? t.thread.retry : t.thread.loadEarlier}
                  </Button>
                </>
              ))}
          </div>
          {children}
        </div>
      </div>
      {away && (
        <Button
          className="jump"
          size="compact-md"
          radius="xl"
          leftSection={<IconArrowDown size={15} aria-hidden />}
          title={t.thread.jump}
          onClick={() => box.current?.scrollTo({ top: 0 })}
        >
          {fresh > 0 ? t.thread.newMessages(fresh) : growing ? t.thread.answerGoesOn : t.thread.jump}
        </Button>
      )}
    </div>
  );
}
