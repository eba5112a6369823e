import { expect, it } from 'vitest';
import { isNarrowed, parametersOf, traceSearch, tracesSearch } from './search.logic';

it('of an address only what makes sense is kept', () => {
  const good = { state: 'failed', origin: 'cron', model: 'gpt', min: 5_000, cost: 0.1, session: 's' };
  expect(tracesSearch(good)).toEqual(good);
  expect(tracesSearch({ ...good, min: '5000', cost: '0.10' })).toEqual(good);
  expect(
    tracesSearch({ state: 'odd', origin: 'moon', model: ' ', min: -1, cost: 'much', session: {} }),
  ).toEqual({});
  expect(tracesSearch({ min: 0.4, cost: 1e-9 })).toEqual({ min: 1 });
  expect(tracesSearch({ model: 4 })).toEqual({ model: '4' });
  expect(traceSearch({ step: 3, waits: 'cut' })).toEqual({ step: 3, waits: 'cut' });
  expect(traceSearch({ step: '3', waits: 'drawn' })).toEqual({ step: 3, waits: 'drawn' });
  expect(traceSearch({ step: 1.5, waits: 'yes' })).toEqual({});
});

it('what the gateway is asked for has its own names', () => {
  expect(parametersOf({ state: 'done', min: 10, cost: 0.000001, session: 's' })).toEqual({
    state: 'done',
    min_ms: 10,
    min_cost_usd: '0.000001',
    session_id: 's',
  });
  expect(parametersOf({})).toEqual({});
  expect([isNarrowed({}), isNarrowed({ min: 1 })]).toEqual([false, true]);
});
