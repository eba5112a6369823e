/** One check: what was found, what that means, and the way to put it right. */
import { Button, Loader } from '@mantine/core';
import { IconTool } from '@tabler/icons-react';
import type { DoctorFix } from '@/api/types';
import { useWhyNot } from '@/app/can';
import { RouteButton } from '@/app/RouteButton';
import { t } from '@/i18n';
import { milliseconds } from '@/i18n/format';
import { disabledBecause } from '@/ui/disabledBecause';
import { StatusBadge } from '@/ui/StatusBadge';
import type { Row } from './rows.logic';
import { ICON } from './Standing';
import { categoryOf, titleOf, toneOf } from './words';

interface FindingRowProps {
  row: Row;
  onFix: (id: string) => void;
}

export function FindingRow({ row, onFix }: FindingRowProps) {
  const { id, result, looking } = row;
  const Icon = result && ICON[result.severity];
  return (
    <li
      className="finding"
      data-check={id}
      data-tone={result ? toneOf(result.severity) : 'off'}
      data-looking={looking || undefined}
      aria-busy={looking || undefined}
    >
      <span className="finding-icon">
        {looking ? (
          <Loader size={18} aria-hidden />
        ) : (
          Icon && <Icon size={19} stroke={1.8} aria-label={t.doctor.severityOf[result.severity]} />
        )}
      </span>
      <div className="finding-words">
        <div className="finding-head">
          <h3 className="finding-title">{titleOf(id, row.title)}</h3>
          <StatusBadge tone="off">{categoryOf(row.category)}</StatusBadge>
          {result && !looking && (result.timed_out || result.duration_ms > 0) && (
            <span className="finding-took num" title={t.doctor.took}>
              {result.timed_out ? t.doctor.timedOut : milliseconds(result.duration_ms)}
            </span>
          )}
        </div>
        {result ? (
          <p className="finding-message">{result.message}</p>
        ) : (
          <p className="finding-message dimmed">{t.doctor.isLooking}</p>
        )}
        {result && result.details.length > 0 && (
          <ul className="finding-details">
            {result.details.map((detail) => (
              <li key={detail}>{detail}</li>
            ))}
          </ul>
        )}
        {result?.fix && <Remedy id={id} fix={result.fix} severe={result.severity !== 'info'} onFix={onFix} />}
      </div>
    </li>
  );
}

interface RemedyProps {
  id: string;
  fix: DoctorFix;
  severe: boolean;
  onFix: (id: string) => void;
}

/** A button that mends it, or one that leads to where it is done. */
function Remedy({ id, fix, severe, onFix }: RemedyProps) {
  const whyNot = useWhyNot('admin');
  if (fix.applies)
    return (
      <Button
        size="compact-sm"
        variant="light"
        leftSection={<IconTool size={15} stroke={1.8} aria-hidden />}
        onClick={() => onFix(id)}
        {...disabledBecause(whyNot)}
      >
        {fix.label}
      </Button>
    );
  return (
    <RouteButton
      route={fix.route}
      size="compact-sm"
      variant={severe ? 'light' : 'default'}
      otherwise={<p className="finding-advice">{fix.label}</p>}
    >
      {fix.label}
    </RouteButton>
  );
}
