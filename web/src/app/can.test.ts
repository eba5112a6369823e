import { expect, it } from 'vitest';
import type { Me } from '@/api/types';
import { can } from './can';

const me = (...scopes: Me['scopes']): Me => ({ kind: 'token', scopes, password_set: false });

it('everything for admin, reading for chat, nothing for nobody', () => {
  for (const scope of ['admin', 'chat', 'read'] as const) {
    expect(can(me('admin'), scope)).toBe(true);
    expect(can(undefined, scope)).toBe(false);
  }
  expect(can(me('chat'), 'read')).toBe(true);
  expect(can(me('chat'), 'admin')).toBe(false);
  expect(can(me('read'), 'chat')).toBe(false);
});
