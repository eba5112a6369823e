import { expect, it } from 'vitest';
import { place } from './place';

const window = { width: 400, height: 600 };
const box = { width: 160, height: 200 };
const at = (left: number, top: number) => ({ left, top, right: left + 40, bottom: top + 30 });

it('a box stands below its button, aligned as asked', () => {
  expect(place(box, at(200, 100), window, 'start')).toEqual({ left: 200, top: 136 });
  expect(place(box, at(200, 100), window, 'end')).toEqual({ left: 80, top: 136 });
  expect(place(box, at(200, 100), window, 'center')).toEqual({ left: 140, top: 136 });
});

it('it stands above where there is no room below', () => {
  expect(place(box, at(200, 520), window, 'start').top).toBe(314);
});

it('it never leaves the window', () => {
  expect(place(box, at(380, 100), window, 'start').left).toBe(232);
  expect(place(box, at(0, 100), window, 'end').left).toBe(8);
  expect(place({ width: 160, height: 590 }, at(200, 300), window, 'start').top).toBe(8);
});
