import { expect, it } from 'vitest';
import type { Device } from '@/api/types';
import { highest, iconOf, inOrder, LASTS, lastsWords, typeOf, whyFixed, whyNoToken } from './looks';

const device = (name: string, more: Partial<Device> = {}): Device => ({
  id: name,
  name,
  device_type: 'browser',
  source: 'paired',
  scopes: ['admin'],
  created_at: '2026-01-01T00:00:00Z',
  open_sockets: 0,
  browser_sessions: 0,
  current: false,
  ...more,
});

it('this device comes first, then who is connected, then who was seen last', () => {
  const list = [
    device('never'),
    device('old', { last_seen_at: '2026-01-01T00:00:00Z' }),
    device('new', { last_seen_at: '2026-02-01T00:00:00Z' }),
    device('connected', { open_sockets: 2 }),
    device('mine', { current: true }),
    device('also never'),
  ];
  const names = inOrder(list).map(({ name }) => name);
  expect(names).toEqual(['mine', 'connected', 'new', 'old', 'also never', 'never']);
});

it('the highest right says it all', () => {
  expect(highest(['read', 'chat'])).toBe('chat');
  expect(highest(['chat', 'admin'])).toBe('admin');
  expect(highest([])).toBe('read');
});

it('words of a device of its own are shown as they are', () => {
  expect(typeOf('phone')).toBe('Phone');
  expect(typeOf('toString')).toBe('toString');
  expect(iconOf('toString')).toBe(iconOf('fridge'));
});

it('what is given from outside is not changed here', () => {
  const outside = device('x', { source: 'environment' });
  expect([whyFixed(outside), whyNoToken(outside)]).toEqual([expect.any(String), expect.any(String)]);
  const byPassword = device('x', { source: 'password' });
  expect([whyFixed(byPassword), whyNoToken(byPassword)]).toEqual([undefined, expect.any(String)]);
  expect(whyNoToken(device('x'))).toBeUndefined();
});

it('every end that is offered has words', () => {
  for (const days of LASTS) expect(lastsWords(days)).not.toBe(String(days));
});
