import { expect, it } from 'vitest';
import { pageAt, shownPages } from './nav';

const known = (...paths: string[]) => Object.fromEntries(paths.map((path) => [path, {}]));

it('only pages that the router knows are shown, each in its group', () => {
  const { groups, all, tabs } = shownPages(
    known('/', '/chat', '/logs', '/devices', '/appearance', '/nonsense'),
  );
  expect(groups.map(({ group, items }) => [group, items.map(({ id }) => id)])).toEqual([
    ['work', ['chat']],
    ['watch', ['logs']],
    ['manage', ['devices']],
  ]);
  expect(all.map(({ id }) => id)).toEqual(['chat', 'logs', 'devices', 'appearance']);
  expect(tabs.map(({ id }) => id)).toEqual(['chat', 'devices']);
});

it('a phone has at most four tabs beside its menu', () => {
  const everything = ['chat', 'overview', 'approvals', 'memory', 'cron', 'devices'].map((id) => `/${id}`);
  expect(shownPages(known(...everything)).tabs.map(({ id }) => id)).toEqual([
    'chat',
    'overview',
    'approvals',
    'memory',
  ]);
});

it('no two pages have the same keys', () => {
  const everything = new Proxy({}, { has: () => true });
  const keys = shownPages(everything).all.map((item) => item.keys);
  expect(keys).toHaveLength(22);
  expect(new Set(keys).size).toBe(keys.length);
});

it('an address belongs to the page that it begins with', () => {
  const { all } = shownPages(known('/chat', '/overview'));
  expect(pageAt('/chat/abc', all)?.id).toBe('chat');
  expect(pageAt('/chatter', all)).toBeUndefined();
});
