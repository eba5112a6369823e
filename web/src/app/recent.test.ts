import { expect, it } from 'vitest';
import type { Session } from '@/api/types';
import { unreadBesides } from './recent';

const session = (id: string, unread: boolean) => ({ id, unread }) as Session;

it('what is on the screen is not counted', () => {
  const all = [session('a', true), session('b', false), session('c', true)];
  expect(unreadBesides(all, undefined)).toBe(2);
  expect(unreadBesides(all, 'a')).toBe(1);
  expect(unreadBesides(all, 'b')).toBe(2);
  expect(unreadBesides([], 'a')).toBe(0);
});
