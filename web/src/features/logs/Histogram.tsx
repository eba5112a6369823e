/** How many lines there were when, by level. A stretch of it, chosen by the mouse or the keys, becomes the time shown. */
import { Skeleton } from '@mantine/core';
import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import type { LogBucket } from '@/api/types';
import { t } from '@/i18n';
import { absoluteTime, clockTime, shortDay } from '@/i18n/format';
import { useHistogram } from './data';
import type { Go } from './LogsPage';
import { LEVELS, type LogSearch } from './search.logic';
import type { LogSession } from './session';

interface HistogramProps {
  search: LogSearch;
  go: Go;
  session: LogSession | undefined;
}

const total = (bucket: LogBucket) => LEVELS.reduce((sum, level) => sum + bucket[level], 0);

/** What there is in words, the worst first. */
function inWords(buckets: readonly LogBucket[]): string {
  const sum = (level: (typeof LEVELS)[number]) => buckets.reduce((all, one) => all + one[level], 0);
  const all = buckets.reduce((lines, one) => lines + total(one), 0);
  return [
    t.logs.lineCount(all),
    sum('error') > 0 && t.logs.errorCount(sum('error')),
    sum('warn') > 0 && t.logs.warnCount(sum('warn')),
  ]
    .filter(Boolean)
    .join(' · ');
}

export function Histogram({ search, go, session }: HistogramProps) {
  const counted = useHistogram(search, session);
  const [at, setAt] = useState<number>();
  const [begun, setBegun] = useState<number>();
  const strip = useRef<HTMLDivElement>(null);
  const data = counted.data;
  if (!data)
    return (
      <div className="histogram" aria-busy={!counted.isError}>
        {counted.isError ? <div className="histogram-strip" /> : <Skeleton h={56} radius="md" />}
        <p className="histogram-words" />
      </div>
    );
  const { buckets } = data;
  const last = buckets.length - 1;
  const most = Math.max(1, ...buckets.map(total));
  const begins = (place: number) => Date.parse(buckets[place]?.from ?? '');
  const ends = (place: number) => begins(place) + data.bucket_millis;
  const chosen: [number, number] | undefined =
    at === undefined ? undefined : [Math.min(begun ?? at, at), Math.max(begun ?? at, at)];
  const long = ends(last) - begins(0) > 20 * 3_600_000;
  const time = (moment: number) => (long ? `${shortDay(moment)} ${clockTime(moment)}` : clockTime(moment));
  const span = ([from, to]: [number, number]) => `${time(begins(from))} – ${time(ends(to))}`;
  const said = chosen ? buckets.slice(chosen[0], chosen[1] + 1) : buckets;
  const words = `${span(chosen ?? [0, last])}: ${inWords(said)}`;
  const narrow = ([from, to]: [number, number]) => {
    setBegun(undefined);
    setAt(undefined);
    go({
      ...search,
      open: undefined,
      range: undefined,
      from: new Date(begins(from)).toISOString(),
      to: new Date(ends(to) - 1).toISOString(),
    });
  };
  const placeOf = (event: PointerEvent) => {
    const box = strip.current?.getBoundingClientRect();
    if (!box) return 0;
    const place = Math.floor(((event.clientX - box.left) / box.width) * buckets.length);
    return Math.min(last, Math.max(0, place));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const now = at ?? last;
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key];
    if (to !== undefined) {
      const place = Math.min(last, Math.max(0, to));
      // With Shift it grows from where it was.
      setBegun(event.shiftKey ? (begun ?? now) : undefined);
      setAt(place);
    } else if (event.key === 'Enter' && chosen) narrow(chosen);
    else if (event.key === 'Escape' && chosen) {
      setAt(undefined);
      setBegun(undefined);
    } else return;
    event.preventDefault();
  };
  return (
    <div className="histogram">
      <div
        ref={strip}
        className="histogram-strip"
        role="slider"
        tabIndex={0}
        aria-label={t.logs.histogram}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={at ?? last}
        aria-valuetext={words}
        onKeyDown={onKeyDown}
        onBlur={() => setAt(undefined)}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setBegun(placeOf(event));
          setAt(placeOf(event));
        }}
        onPointerMove={(event) => setAt(placeOf(event))}
        onPointerUp={(event) => {
          if (begun !== undefined && chosen) narrow(chosen);
          event.currentTarget.blur();
        }}
        onPointerCancel={() => setBegun(undefined)}
        onPointerLeave={() => {
          if (begun === undefined) setAt(undefined);
        }}
      >
        {buckets.map((bucket, place) => (
          <span
            key={bucket.from}
            className="histogram-bucket"
            data-chosen={(chosen && place >= chosen[0] && place <= chosen[1]) || undefined}
          >
            {LEVELS.map(
              (level) =>
                bucket[level] > 0 && (
                  <span
                    key={level}
                    className="histogram-part"
                    data-level={level}
                    style={{ height: `${(bucket[level] / most) * 100}%` }}
                  />
                ),
            )}
          </span>
        ))}
      </div>
      <p className="histogram-words" aria-hidden>
        <span>{words}</span>
        <span className="histogram-legend">
          {(['error', 'warn', 'info'] as const).map((level) => (
            <span key={level} data-level={level}>
              {t.logs.levelNames[level]}
            </span>
          ))}
        </span>
      </p>
      {data.partial && (
        <p className="dimmed histogram-partial">{t.logs.partlyCounted(absoluteTime(data.counted_from))}</p>
      )}
    </div>
  );
}
