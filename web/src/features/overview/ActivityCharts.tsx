/** Answers, tokens and time to answer over the last hours: as small charts, or as a table of the same figures. */
import { Button, SegmentedControl, Skeleton } from '@mantine/core';
import { IconChartBar, IconTable } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { useState } from 'react';
import { $api } from '@/api/client';
import type { Activity, ActivityBucket } from '@/api/types';
import { t } from '@/i18n';
import { count, milliseconds, shortCount } from '@/i18n/format';
import { ErrorNote } from '@/ui/ErrorNote';
import { useNow } from '@/ui/useNow';
import { ActivityTable } from './ActivityTable';
import { type Change, changeOf, slide } from './chart.logic';
import { Spark } from './Spark';
import { RANGES, type Range } from './search';
import { bucketTime } from './time';

export interface ActivityChartsProps {
  range: Range;
  onRange: (range: Range) => void;
}

export function ActivityCharts({ range, onRange }: ActivityChartsProps) {
  const activity = $api.useQuery(
    'get',
    '/api/activity',
    { params: { query: RANGES[range] } },
    { placeholderData: keepPreviousData, refetchOnMount: 'always' },
  );
  const [table, setTable] = useState(false);
  return (
    <section aria-labelledby="activity" className="activity" aria-busy={activity.isPending || undefined}>
      <div className="overview-head">
        <h2 id="activity" className="panel-title">
          {t.overview.activity}
        </h2>
        <div className="overview-tools">
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            aria-pressed={table}
            leftSection={table ? <IconChartBar size={15} aria-hidden /> : <IconTable size={15} aria-hidden />}
            onClick={() => setTable(!table)}
          >
            {table ? t.overview.asChart : t.overview.asTable}
          </Button>
          <SegmentedControl
            size="xs"
            aria-label={t.overview.range}
            value={range}
            onChange={(value) => onRange(value as Range)}
            data={(Object.keys(RANGES) as Range[]).map((value) => ({
              value,
              label: t.overview.rangesShort[value],
            }))}
          />
        </div>
      </div>
      {activity.isError && !activity.data ? (
        <ErrorNote error={activity.error} onRetry={() => void activity.refetch()} />
      ) : !activity.data ? (
        <div className="sparks">
          {[1, 2, 3].map((place) => (
            <Skeleton key={place} h={198} radius="lg" />
          ))}
        </div>
      ) : table ? (
        <ActivityTable activity={activity.data} />
      ) : (
        <Charts activity={activity.data} range={range} />
      )}
    </section>
  );
}

const inWords = (change: Change | null, range: string, words: { more: Comparison; less: Comparison }) => {
  if (!change) return null;
  switch (change.kind) {
    case 'new':
      return t.overview.fresh(range);
    case 'same':
      return t.overview.same(range);
    default: {
      // Beyond that, a share says less than "far more".
      const share = change.share > 9.99 ? '10×' : `${Math.round(change.share * 100)}%`;
      return words[change.kind](share, range);
    }
  }
};
type Comparison = (share: string, range: string) => string;

function Charts({ activity, range }: { activity: Activity; range: Range }) {
  const now = useNow(30_000);
  const buckets = slide(activity, now);
  const { total, before } = activity;
  const span = t.overview.ranges[range];
  const axis = { buckets, from: bucketTime(buckets[0]?.at ?? activity.from, buckets), now: t.overview.now };
  const quantity = { more: t.overview.more, less: t.overview.less };
  const words = (what: string, sum: string, value: (bucket: ActivityBucket) => number, show: Show) =>
    t.overview.chartWords(what, span, sum, peakOf(buckets, value, show));
  const failed = total.failed === 0 ? t.overview.noneFailed : t.overview.someFailed(count(total.failed));
  const tokens = total.input_tokens + total.output_tokens;
  const split = t.overview.tokensSplit(shortCount(total.output_tokens), shortCount(total.input_tokens));
  const slow = latencyWords(total);
  return (
    <div className="sparks">
      <Spark
        {...axis}
        title={t.overview.turns}
        value={count(total.turns)}
        more={
          <>
            {total.turns > 0 && <span data-tone={total.failed > 0 ? 'bad' : undefined}>{failed}</span>}
            <Compared words={inWords(changeOf(total.turns, before.turns), span, quantity)} />
          </>
        }
        words={words(t.overview.turns, `${count(total.turns)}, ${failed}`, (one) => one.turns, count)}
        stack={(one) => [one.turns - one.failed, one.failed]}
        parts={[
          [t.overview.turnsParts.answered, 'first'],
          [t.overview.turnsParts.failed, 'bad'],
        ]}
        say={(one) =>
          one.failed > 0
            ? `${count(one.turns)}, ${t.overview.someFailed(count(one.failed))}`
            : count(one.turns)
        }
        most={(value) => t.overview.most(count(value))}
      />
      <Spark
        {...axis}
        title={t.overview.tokensUsed}
        value={shortCount(tokens)}
        more={
          <>
            {tokens > 0 && <span>{split}</span>}
            <Compared
              words={inWords(changeOf(tokens, before.input_tokens + before.output_tokens), span, quantity)}
            />
          </>
        }
        words={words(t.overview.tokensUsed, split, (one) => one.input_tokens + one.output_tokens, shortCount)}
        stack={(one) => [one.output_tokens, one.input_tokens]}
        parts={[
          [t.overview.tokensParts.written, 'first'],
          [t.overview.tokensParts.read, 'second'],
        ]}
        say={(one) => t.overview.tokensSplit(shortCount(one.output_tokens), shortCount(one.input_tokens))}
        most={(value) => t.overview.most(shortCount(value))}
      />
      <Spark
        {...axis}
        title={t.overview.latency}
        value={total.p50_ms == null ? t.common.none : milliseconds(total.p50_ms)}
        more={
          <>
            {slow && <span>{slow}</span>}
            <Compared
              words={inWords(changeOf(total.p50_ms, before.p50_ms), span, {
                more: t.overview.slower,
                less: t.overview.faster,
              })}
            />
          </>
        }
        words={words(
          t.overview.latency,
          total.p50_ms == null ? t.common.none : `${milliseconds(total.p50_ms)}, ${slow}`,
          (one) => one.p95_ms ?? 0,
          milliseconds,
        )}
        stack={(one) => [one.p50_ms ?? 0, Math.max(0, (one.p95_ms ?? 0) - (one.p50_ms ?? 0))]}
        parts={[
          [t.overview.latencyParts.half, 'first'],
          [t.overview.latencyParts.slow, 'second'],
        ]}
        say={(one) =>
          one.p50_ms == null
            ? t.common.none
            : `${milliseconds(one.p50_ms)}, ${t.overview.latencySplit(milliseconds(one.p95_ms ?? one.p50_ms), null)}`
        }
        most={(value) => t.overview.most(milliseconds(value))}
      />
    </div>
  );
}

const Compared = ({ words }: { words: string | null }) =>
  words && <span className="spark-compared">{words}</span>;

type Show = (value: number) => string;

const latencyWords = (sum: Activity['total']) =>
  sum.p95_ms == null
    ? null
    : t.overview.latencySplit(
        milliseconds(sum.p95_ms),
        sum.first_token_p50_ms == null ? null : milliseconds(sum.first_token_p50_ms),
      );

function peakOf(buckets: readonly ActivityBucket[], value: (bucket: ActivityBucket) => number, show: Show) {
  const peak = buckets.reduce<ActivityBucket | undefined>(
    (best, one) => (value(one) > (best ? value(best) : 0) ? one : best),
    undefined,
  );
  return peak ? t.overview.peak(show(value(peak)), bucketTime(peak.at, buckets)) : t.overview.nothingYet;
}
