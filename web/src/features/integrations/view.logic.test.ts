import { expect, test } from 'vitest';
import type { Integration } from '@/api/types';
import { curlOf, fitting, newSecret, readIntegrationsView } from './view.logic';

const one = (id: string, state: Integration['state']): Integration => ({
  id,
  group: 'tools',
  title: id,
  about: '',
  state,
  fields: [],
  hooks: [],
  details: [],
  testable: false,
});

test('what is shown follows from the address, which anybody may have written', () => {
  expect(readIntegrationsView({ show: 'failing', open: 'otlp' })).toEqual({ show: 'failing', open: 'otlp' });
  expect(readIntegrationsView({ show: 'soup', open: 3 })).toEqual({});
  const all = [one('a', 'available'), one('b', 'configured'), one('c', 'connected'), one('d', 'failing')];
  const ids = (show?: 'ready' | 'failing' | 'available') => fitting(all, show).map(({ id }) => id);
  expect(ids()).toEqual(['a', 'b', 'c', 'd']);
  expect(ids('ready')).toEqual(['b', 'c']);
  expect(ids('failing')).toEqual(['d']);
  expect(ids('available')).toEqual(['a']);
});

test('a command for the shell says what it is to say, with quotes in it', () => {
  const hook = {
    method: 'POST',
    path: '/webhook',
    headers: [{ name: 'Authorization', value: 'Bearer <token>' }],
    body: '{"message": "it\'s me"}',
  };
  expect(curlOf('https://gate.example', hook)).toBe(
    [
      "curl -X POST 'https://gate.example/webhook' \\",
      "  -H 'Authorization: Bearer <token>' \\",
      `  -d '{"message": "it'\\''s me"}'`,
    ].join('\n'),
  );
  expect(curlOf('http://h', { method: 'GET', path: '/metrics', headers: [] })).toBe(
    "curl 'http://h/metrics'",
  );
});

test('a secret is long and new each time', () => {
  const made = new Set(Array.from({ length: 20 }, newSecret));
  expect(made.size).toBe(20);
  for (const secret of made) expect(secret).toMatch(/^[A-Za-z2-9]{32}$/);
});
