import { render } from '@testing-library/react';
import { expect, it } from 'vitest';
import { Marked, markedParts } from './Marked';

const plain = (text: string) => markedParts(text).map(({ text, hit }) => (hit ? `[${text}]` : text));

it('marks what stands between the two signs', () => {
  expect(plain('a \u0002b\u0003 c \u0002d\u0003')).toEqual(['a ', '[b]', ' c ', '[d]']);
  expect(plain('\u0002b\u0003\u0002b\u0003')).toEqual(['[b]', '[b]']);
  expect(plain('nothing')).toEqual(['nothing']);
  expect(plain('')).toEqual([]);
});

it('a mark without its end marks nothing, and no markup gets through', () => {
  expect(plain('a \u0002b')).toEqual(['a ', 'b']);
  const { container } = render(<Marked text={'<b>\u0002<i>\u0003</b>'} />);
  expect(container.innerHTML).toBe('&lt;b&gt;<mark>&lt;i&gt;</mark>&lt;/b&gt;');
});
