import { afterEach, expect, it } from 'vitest';
import { setTitle } from '@/ui/title';
import { badgeOf, badgeTotal, clearBadges, setBadge } from './badge';
import { dotText } from './favicon';

afterEach(clearBadges);

it('adds up what waits and says it in the tab', () => {
  setTitle('Overview');
  setBadge('chat', 2);
  setBadge('approvals', 1);
  expect(badgeTotal()).toBe(3);
  expect(document.title).toBe('(3) Overview · Clawgate');
  setTitle('Chat');
  expect(document.title).toBe('(3) Chat · Clawgate');
  setBadge('chat', 0);
  expect(badgeOf('chat')).toBe(0);
  expect(document.title).toBe('(1) Chat · Clawgate');
  setBadge('approvals', 250);
  expect(document.title).toBe('(99+) Chat · Clawgate');
  clearBadges();
  expect(document.title).toBe('Chat · Clawgate');
});

it('the dot has room for one digit and a plus', () => {
  expect([1, 9, 10, 400].map(dotText)).toEqual(['1', '9', '9+', '9+']);
});
