/** How it stands in a word, of when that is, and how many findings there are of each severity. */
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconExclamationCircle,
  IconInfoCircle,
  IconStethoscope,
} from '@tabler/icons-react';
import type { DoctorSeverity } from '@/api/types';
import { t } from '@/i18n';
import { count } from '@/i18n/format';
import { FilterChip, FilterChips } from '@/ui/FilterChip';
import { RelativeTime } from '@/ui/RelativeTime';
import { type Counts, countsOf, type Row, worstOf } from './rows.logic';
import { SEVERITIES } from './view.logic';
import { toneOf } from './words';

export const ICON = {
  error: IconAlertTriangle,
  warning: IconExclamationCircle,
  info: IconInfoCircle,
  ok: IconCircleCheck,
};

interface StandingProps {
  rows: readonly Row[];
  at: string | undefined;
  busy: boolean;
  show: DoctorSeverity | undefined;
  onShow: (show: DoctorSeverity | undefined) => void;
}

export function Standing({ rows, at, busy, show, onShow }: StandingProps) {
  const counts = countsOf(rows);
  const worst = worstOf(counts);
  const looked = rows.filter(({ looking }) => !looking).length;
  const Icon = busy ? IconStethoscope : ICON[worst];
  return (
    <section className="card standing" aria-label={t.doctor.standing}>
      <div className="standing-state" data-tone={busy ? 'info' : toneOf(worst)}>
        <span className="standing-icon" aria-hidden>
          <Icon size={24} stroke={1.7} />
        </span>
        <div className="standing-words" role="status">
          <h2 className="standing-title">{busy ? t.doctor.looking : verdict(counts)}</h2>
          <p className="standing-when">
            {busy ? (
              <span className="num">{t.doctor.progress(count(looked), count(rows.length))}</span>
            ) : (
              at && (
                <>
                  {t.doctor.lookedAt} <RelativeTime at={at} />
                </>
              )
            )}
          </p>
        </div>
      </div>
      {/* Its room is there from the beginning: nothing moves when it begins and ends. */}
      <div className="standing-progress">
        {busy && (
          <progress value={looked} max={Math.max(1, rows.length)} aria-label={t.doctor.looking}>
            {count(looked)}
          </progress>
        )}
      </div>
      <FilterChips label={t.doctor.filter}>
        <FilterChip on={show === undefined} number={rows.length} onClick={() => onShow(undefined)}>
          {t.doctor.all}
        </FilterChip>
        {SEVERITIES.map((severity) => (
          <FilterChip
            key={severity}
            on={show === severity}
            number={counts[severity]}
            tone={toneOf(severity)}
            onClick={() => onShow(show === severity ? undefined : severity)}
          >
            {t.doctor.severities[severity]}
          </FilterChip>
        ))}
      </FilterChips>
    </section>
  );
}

function verdict({ error, warning }: Counts): string {
  if (error > 0) return t.doctor.errorsFound(error);
  if (warning > 0) return t.doctor.warningsFound(warning);
  return t.doctor.allWell;
}
