import { expect, it } from 'vitest';
import { callsOf, csvOf, isNarrowed, readSearch, recordsOf, reportOf } from './search.logic';

it('an address is read as far as it makes sense, and says nothing that goes without saying', () => {
  expect(readSearch({ tab: 'ledger', range: 7, by: 'origin', door: 'cron', unpriced: 'true' })).toEqual({
    tab: 'ledger',
    range: '7',
    by: 'origin',
    door: 'cron',
    unpriced: true,
  });
  expect(readSearch({ tab: 'spending', range: '30', by: 'model', unit: 'moon', door: 'moon' })).toEqual({});
  expect(readSearch({ from: '2026-11-31x', to: '2026-13-01', model: {}, session: ' ' })).toEqual({});
});

it('a range is so many days up to today, or from one day to another', () => {
  expect(reportOf({})).toEqual({ group_by: 'model', days: 30 });
  expect(reportOf({ range: '1', by: 'job' })).toEqual({ group_by: 'job', days: 1 });
  expect(reportOf({ range: 'custom', from: '2026-11-01', to: '2026-11-05' })).toEqual({
    group_by: 'model',
    from: '2026-11-01',
    to: '2026-11-05',
  });
  // The days of the ledger are not those of another range.
  expect(reportOf({ range: '7', from: '2026-11-01' })).toEqual({ group_by: 'model', days: 7 });
});

it('a group leads to its calls, on the page and in the file', () => {
  const search = { ...callsOf('model', 'main/meta/llama-3'), from: '2026-11-01' };
  expect(recordsOf(search)).toEqual({ provider: 'main', model: 'meta/llama-3', from: '2026-11-01' });
  expect(csvOf(search)).toBe(
    '/api/cost/records?format=csv&from=2026-11-01&provider=main&model=meta%2Fllama-3',
  );
  expect(recordsOf(callsOf('session', 's'))).toEqual({ session_id: 's' });
  expect(callsOf('origin', 'moon')).toEqual({});
  expect(isNarrowed({ tab: 'ledger', open: 'x', range: '7' })).toBe(false);
  expect(isNarrowed(search)).toBe(true);
});
