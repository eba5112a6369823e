import { expect, it } from 'vitest';
import { isNarrowed, parametersOf, readQuery } from './query.logic';

it('an address is read as far as it makes sense', () => {
  expect(readQuery({ q: 'tea', pinned: true, author: 'auto', open: 'dog' })).toEqual({
    q: 'tea',
    pinned: true,
    author: 'auto',
    open: 'dog',
  });
  expect(readQuery({ q: '  ', pinned: 'no', author: 'nobody', category: {}, bin: 1 })).toEqual({});
  expect(readQuery({ q: 2026 })).toEqual({ q: '2026' });
  expect(readQuery({ q: 'x'.repeat(900) }).q).toHaveLength(400);
  expect(readQuery({ bin: true, q: 'tea' })).toEqual({ bin: true });
});

it('the gateway is asked for what narrows, and not for what is open', () => {
  expect(parametersOf({ q: ' tea ', session: 's', open: 'dog' })).toEqual({ q: 'tea', session_id: 's' });
  expect(parametersOf({ bin: true, pinned: true })).toEqual({ deleted: true, pinned: true });
  expect(isNarrowed({ open: 'dog' })).toBe(false);
  expect(isNarrowed({ pinned: true })).toBe(true);
});
