/** What is shown of the last report and of an examination under way: one row a check, in the parts of the page. */
import type { DoctorCheck, DoctorEvent, DoctorFindings, DoctorResult, DoctorSeverity } from '@/api/types';
import { SEVERITIES } from './view.logic';

/** An examination under way: what is looked at, and what was found so far. */
export interface Examination {
  checks: readonly DoctorCheck[];
  found: ReadonlyMap<string, DoctorResult>;
}

export interface Row extends DoctorCheck {
  /** None: it was never looked at before, and the check has not ended yet. */
  result?: DoctorResult;
  /** What is shown may be old: the check has not ended yet. */
  looking: boolean;
}

/** What is known after one more step; the last word is the gateway's own report. */
export function heard(before: Examination | undefined, step: DoctorEvent): Examination | undefined {
  if (step.type === 'started') return { checks: step.checks, found: new Map() };
  if (step.type === 'result' && before)
    return { ...before, found: new Map(before.found).set(step.result.id, step.result) };
  return before;
}

export function rowsOf(report: DoctorFindings | undefined, going: Examination | undefined): Row[] {
  const last = report?.results ?? [];
  if (!going)
    return last.map((result) => ({
      id: result.id,
      category: result.category,
      title: result.title,
      result,
      looking: false,
    }));
  return going.checks.map((check) => {
    const found = going.found.get(check.id);
    return { ...check, result: found ?? last.find(({ id }) => id === check.id), looking: !found };
  });
}

export type Counts = Record<DoctorSeverity, number>;

export function countsOf(rows: readonly Row[]): Counts {
  const counts: Counts = { error: 0, warning: 0, info: 0, ok: 0 };
  for (const { result } of rows) if (result) counts[result.severity] += 1;
  return counts;
}

/** The worst severity there is; ok also where nothing is known. */
export const worstOf = (counts: Counts): DoctorSeverity =>
  SEVERITIES.find((severity) => counts[severity] > 0) ?? 'ok';

export interface Parts {
  /** Errors, then warnings. */
  attention: Row[];
  remarks: Row[];
  fine: Row[];
  /** What nothing is known of yet. */
  waiting: Row[];
}

export function partsOf(rows: readonly Row[]): Parts {
  const of = (...severities: DoctorSeverity[]) =>
    severities.flatMap((severity) => rows.filter(({ result }) => result?.severity === severity));
  return {
    attention: of('error', 'warning'),
    remarks: of('info'),
    fine: of('ok'),
    waiting: rows.filter(({ result }) => !result),
  };
}
