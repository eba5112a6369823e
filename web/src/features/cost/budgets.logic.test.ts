import { expect, it } from 'vitest';
import { asTyped, changeOf, faultsOf, money, sameKind, type WholeDraft } from './budgets.logic';

const draft: WholeDraft = {
  daily: '10.00',
  monthly: '100.00',
  warnAt: '80',
  onLimit: 'block',
  downgradeTo: '',
  unpriced: 'allow',
};

it('dollars are taken as people type them, to the millionth', () => {
  expect(['2', ' 2.50 ', '0,25', '$3', '0.000001'].map(money)).toEqual([
    '2',
    '2.50',
    '0.25',
    '3',
    '0.000001',
  ]);
  expect(['', '-1', '1e3', '1.0000001', 'two', '1.2.3'].map(money)).toEqual(Array(6).fill(undefined));
  expect(['10.000000', '0.250000', '0.000001', null].map(asTyped)).toEqual(['10.00', '0.25', '0.000001', '']);
});

it('only what differs is sent, and an empty field is no limit', () => {
  expect(changeOf(draft, draft)).toBeUndefined();
  expect(changeOf(draft, { ...draft, daily: '', warnAt: '50' })).toEqual({
    daily_limit_usd: '0',
    warn_at_percent: 50,
  });
});

it('what cannot be sent is named', () => {
  expect(faultsOf(draft)).toEqual([]);
  expect(faultsOf({ ...draft, daily: 'ten', warnAt: '101', onLimit: 'downgrade' })).toEqual([
    'daily',
    'warnAt',
    'downgradeTo',
  ]);
  expect(faultsOf({ ...draft, onLimit: 'downgrade', downgradeTo: 'main/gpt-5-nano' })).toEqual([]);
  const one = { scope: 'session', of: '*', period: 'day', limit_usd: '1' } as const;
  expect(sameKind(one, { ...one, limit_usd: '2' })).toBe(true);
  expect(sameKind(one, { ...one, period: 'total' })).toBe(false);
});
