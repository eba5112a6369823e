/** The findings: what needs somebody first, then what is worth knowing, then what is as it should be. */
import { IconCircleCheck } from '@tabler/icons-react';
import type { DoctorSeverity } from '@/api/types';
import { t } from '@/i18n';
import { count } from '@/i18n/format';
import { EmptyState } from '@/ui/EmptyState';
import { FindingRow } from './FindingRow';
import { partsOf, type Row } from './rows.logic';

interface FindingsProps {
  rows: readonly Row[];
  show: DoctorSeverity | undefined;
  onFix: (id: string) => void;
}

export function Findings({ rows, show, onFix }: FindingsProps) {
  if (show !== undefined) {
    const shown = rows.filter(({ result }) => result?.severity === show);
    return shown.length > 0 ? (
      <Part title={t.doctor.severities[show]} rows={shown} onFix={onFix} />
    ) : (
      <EmptyState
        role="status"
        icon={IconCircleCheck}
        tone="good"
        title={t.doctor.noneTitle}
        body={t.doctor.noneBody(t.doctor.severities[show])}
      />
    );
  }
  const { attention, remarks, fine, waiting } = partsOf(rows);
  const troubled = attention.length + remarks.length + waiting.length > 0;
  return (
    <>
      {attention.length > 0 && <Part title={t.doctor.attention} rows={attention} onFix={onFix} />}
      {remarks.length > 0 && <Part title={t.doctor.remarks} rows={remarks} onFix={onFix} />}
      {waiting.length > 0 && <Part title={t.doctor.waiting} rows={waiting} onFix={onFix} />}
      {fine.length > 0 && (
        <details className="findings-fine" open={!troubled}>
          <summary>
            {t.doctor.fine} <span className="num dimmed">{count(fine.length)}</span>
          </summary>
          <List rows={fine} title={t.doctor.fine} onFix={onFix} />
        </details>
      )}
    </>
  );
}

interface PartProps {
  title: string;
  rows: readonly Row[];
  onFix: (id: string) => void;
}

const Part = ({ title, rows, onFix }: PartProps) => (
  <section className="findings-part">
    <h2 className="panel-title">{title}</h2>
    <List title={title} rows={rows} onFix={onFix} />
  </section>
);

const List = ({ title, rows, onFix }: PartProps) => (
  <ul className="findings" aria-label={title}>
    {rows.map((row) => (
      <FindingRow key={row.id} row={row} onFix={onFix} />
    ))}
  </ul>
);
