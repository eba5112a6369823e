import { expect, it } from 'vitest';
import { answering, score } from './palette.logic';

const PAGES = ['Chat', 'Overview', 'Devices', 'API access', 'Channels', 'Appearance'].map((label) => ({
  label,
}));
const names = (typed: string) => answering(PAGES, typed).map(({ label }) => label);

it('nothing typed leaves everything in its order', () => {
  expect(names('  ')).toEqual(PAGES.map(({ label }) => label));
});

it('beginnings come before what is inside, and short names before long ones', () => {
  expect(names('cha')).toEqual(['Chat', 'Channels']);
  expect(names('a')[0]).toBe('API access');
  expect(names('acc')).toEqual(['API access']);
});

it('letters in order are enough, from the beginning of a word', () => {
  expect(names('ovw')).toEqual(['Overview']);
  expect(names('dvs')).toEqual(['Devices']);
  expect(names('xyz')).toEqual([]);
});

it('accents and case do not matter, other words lead there too', () => {
  expect(score({ label: 'Übersicht' }, 'ubers')).toBeGreaterThan(0);
  expect(score({ label: 'Dark theme', words: 'night appearance' }, 'night')).toBeGreaterThan(0);
  expect(score({ label: 'Dark theme', words: 'night appearance' }, 'night cow')).toBe(0);
});

it('every typed word has to be answered', () => {
  expect(score({ label: 'New chat' }, 'chat new')).toBeGreaterThan(0);
  expect(score({ label: 'New chat' }, 'chat old')).toBe(0);
});
