import { expect, test } from 'vitest';
import { ownLevels } from './levels.logic';

test('modules with a level of their own come from the configuration and from what was set', () => {
  const own = ownLevels({
    effective: 'info,hyper=WARN,[turn{origin=api}]=debug,clawgate::agent=trace',
    overrides: [{ target: 'clawgate::agent', level: 'trace', until: '2026-01-01T00:00:00Z' }],
  });
  expect(own).toEqual([
    { target: 'clawgate::agent', level: 'trace', override: true, until: '2026-01-01T00:00:00Z' },
    { target: 'hyper', level: 'warn', override: false, until: undefined },
  ]);
});
