import { expect, test } from 'vitest';
import type { DoctorCheck, DoctorFindings, DoctorResult, DoctorSeverity } from '@/api/types';
import { countsOf, heard, partsOf, rowsOf, worstOf } from './rows.logic';
import { readDoctorView } from './view.logic';

const check = (id: string): DoctorCheck => ({ id, category: 'system', title: id });
const result = (id: string, severity: DoctorSeverity): DoctorResult => ({
  ...check(id),
  severity,
  message: `${id} is ${severity}`,
  details: [],
  timed_out: false,
  duration_ms: 1,
});
const report = (...results: DoctorResult[]): DoctorFindings => ({
  at: '2026-11-21T12:00:00Z',
  age_seconds: 1,
  summary: { ok: 0, info: 0, warning: 0, error: 0 },
  results,
});

test('an examination takes the place of what was known, one check after another', () => {
  const last = report(result('a', 'error'), result('gone', 'warning'));
  let going = heard(undefined, { type: 'started', checks: [check('a'), check('b')] });
  expect(rowsOf(last, going).map(({ id, looking, result }) => [id, looking, result?.severity])).toEqual([
    ['a', true, 'error'],
    ['b', true, undefined],
  ]);
  going = heard(going, { type: 'result', result: result('a', 'ok') });
  const rows = rowsOf(last, going);
  expect(rows.map(({ looking }) => looking)).toEqual([false, true]);
  const parts = partsOf(rows);
  expect(parts.fine.map(({ id }) => id)).toEqual(['a']);
  expect(parts.waiting.map(({ id }) => id)).toEqual(['b']);
});

test('errors stand before warnings, and the worst names the whole', () => {
  const rows = rowsOf(report(result('w', 'warning'), result('i', 'info'), result('e', 'error')), undefined);
  expect(partsOf(rows).attention.map(({ id }) => id)).toEqual(['e', 'w']);
  expect(worstOf(countsOf(rows))).toBe('error');
  expect(worstOf(countsOf([]))).toBe('ok');
});

test('an address that anybody wrote is read with care', () => {
  expect(readDoctorView({ show: 'error', fix: 'files.config' })).toEqual({
    show: 'error',
    fix: 'files.config',
  });
  expect(readDoctorView({ show: 'soup', fix: 7 })).toEqual({});
});
