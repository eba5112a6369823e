/** A small chart of bars over time; whoever points at a bar reads its figures in the line above it. */
import { type PointerEvent, type ReactNode, useState } from 'react';
import type { ActivityBucket } from '@/api/types';
import { bars, type Stack } from './chart.logic';
import { bucketTime } from './time';

const WIDTH = 300;
const HEIGHT = 64;

export interface SparkProps {
  title: string;
  /** The figure for the whole time. */
  value: ReactNode;
  /** What stands under the figure while nobody points at a bar. */
  more: ReactNode;
  /** The whole in words, for who does not see it. */
  words: string;
  buckets: readonly ActivityBucket[];
  stack: (bucket: ActivityBucket) => Stack;
  /** A bucket in words. */
  say: (bucket: ActivityBucket) => string;
  /** What the parts of a bar are, the lowest first, and their colours. */
  parts: readonly (readonly [string, 'first' | 'second' | 'bad'])[];
  most: (value: number) => string;
  from: string;
  now: string;
}

export function Spark(props: SparkProps) {
  const { buckets, stack, parts } = props;
  const [pointed, setPointed] = useState<number | null>(null);
  const drawn = bars(buckets.map(stack));
  const step = WIDTH / buckets.length;
  const gap = Math.min(2, step * 0.25);
  const at = pointed === null ? undefined : buckets[pointed];
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const place = Math.floor(((event.clientX - box.left) / box.width) * buckets.length);
    setPointed(Math.max(0, Math.min(buckets.length - 1, place)));
  };
  return (
    <figure className="card spark">
      <figcaption>
        <span className="spark-title">{props.title}</span>
        <span className="spark-value num">{props.value}</span>
        <span className="spark-more num">
          {at ? `${bucketTime(at.at, buckets)}: ${props.say(at)}` : props.more}
        </span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="spark-bars"
        role="img"
        aria-label={props.words}
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={() => setPointed(null)}
      >
        {pointed !== null && (
          <rect className="spark-pointed" x={pointed * step} y={0} width={step} height={HEIGHT} />
        )}
        {drawn.bars.map((bar) =>
          bar.parts.map(
            ({ top, bottom }, part) =>
              bottom > top && (
                <rect
                  key={`${bar.place} ${parts[part]?.[0]}`}
                  className={`spark-${parts[part]?.[1]}`}
                  x={bar.place * step + gap / 2}
                  width={step - gap}
                  y={top * HEIGHT}
                  height={(bottom - top) * HEIGHT}
                />
              ),
          ),
        )}
      </svg>
      <div className="spark-axis num" aria-hidden>
        <span>{props.from}</span>
        {drawn.most > 0 && <span>{props.most(drawn.most)}</span>}
        <span>{props.now}</span>
      </div>
      <ul className="spark-legend" aria-hidden>
        {parts.map(([name, look]) => (
          <li key={name}>
            <span className={`spark-key spark-${look}`} />
            {name}
          </li>
        ))}
      </ul>
    </figure>
  );
}
