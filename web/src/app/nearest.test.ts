import { expect, it } from 'vitest';
import { distance, nearest } from './nearest';

it('counts what has to be changed', () => {
  expect(distance('', 'abc')).toBe(3);
  expect(distance('device', 'devices')).toBe(1);
  expect(distance('kitten', 'sitting')).toBe(3);
});

it('finds what a mistyped address may have meant', () => {
  const names = ['chat', 'overview', 'devices', 'memory'];
  const found = (address: string) => nearest(address, names, (name) => [name]);
  expect(found('/device')).toEqual(['devices']);
  expect(found('/ovrview')).toEqual(['overview']);
  expect(found('/api/memories/3')).toEqual(['memory']);
  expect(found('/chat/abc/def')).toEqual(['chat']);
  expect(found('/zzzzzz')).toEqual([]);
  expect(found('/')).toEqual([]);
});
