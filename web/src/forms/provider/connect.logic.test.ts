import { expect, it } from 'vitest';
import type { Provider, ProviderList } from '@/api/types';
import { cleanKey, hostOf, isLocal, matching, nameFor } from './connect.logic';

const provider = (change: Partial<Provider>): Provider => ({
  name: 'openai',
  kind: 'openai',
  key: { state: 'set' },
  source: 'config',
  in_use: false,
  fallbacks: [],
  ...change,
});
const list = (...providers: Provider[]): ProviderList => ({
  providers,
  kinds: [
    { kind: 'openai', title: 'OpenAI', needs_key: true },
    { kind: 'gemini', title: 'Google Gemini', needs_key: true },
  ],
  servers: [
    { title: 'LM Studio', base_url: 'http://127.0.0.1:1234/v1', needs_key: false },
    { title: 'Groq', base_url: 'https://api.groq.com/openai/v1', needs_key: true },
  ],
});

it('a key is taken out of what was pasted around it', () => {
  for (const pasted of [
    'sk-1',
    ' sk-1\n',
    '"sk-1"',
    'export OPENAI_API_KEY="sk-1"',
    'API_KEY=sk-1',
    '“sk-1”',
  ])
    expect(cleanKey(pasted)).toBe('sk-1');
  expect(cleanKey('AIza=b')).toBe('AIza=b');
});

it('a new provider takes a free name, and the name of one that waits for its key', () => {
  expect(nameFor(list(), 'openai', '')).toBe('openai');
  expect(nameFor(list(provider({})), 'openai', '')).toBe('openai-2');
  expect(nameFor(list(provider({ key: { state: 'missing' } })), 'openai', '')).toBe('openai');
  const found = provider({ name: 'ollama', kind: 'ollama', source: 'ollama' });
  expect(nameFor(list(found), 'ollama', '')).toBe('ollama');
});

it('a server is called as people call it', () => {
  const named = (url: string) => nameFor(list(), 'compatible', url);
  expect(named('http://127.0.0.1:1234/v1')).toBe('lm-studio');
  expect(named('api.groq.com/openai/v1')).toBe('groq');
  expect(named('http://192.168.1.7:9000')).toBe('local');
  expect(named('https://api.example.com:8443/v1')).toBe('example');
  expect(named('https://gemini.example.org')).toBe('example');
  expect(named('https://gemini')).toBe('gemini-server');
  expect(named('')).toBe('my-server');
});

it('models are found by every word in any order, the suggestion first', () => {
  const models = ['a/big', 'a/mini', 'b/mini'];
  expect(matching(models, '', 'b/mini').shown).toEqual(['b/mini', 'a/big', 'a/mini']);
  expect(matching(models, 'mini a', undefined)).toEqual({ shown: ['a/mini'], more: 0, own: null });
  expect(matching(models, 'c/new', undefined)).toEqual({ shown: [], more: 0, own: 'c/new' });
  expect(matching(models, 'b/mini', undefined).own).toBeNull();
  expect(matching(models, '', undefined, 2)).toEqual({ shown: ['a/big', 'a/mini'], more: 1, own: null });
});

it('an address is known to be near', () => {
  expect(hostOf(' https://x.example:1/v1 ')).toBe('x.example:1');
  for (const near of ['localhost:1234', 'http://127.0.0.1', 'http://192.168.0.4/v1', '172.20.1.1'])
    expect(isLocal(near)).toBe(true);
  for (const far of ['https://api.openai.com', '172.40.1.1', '']) expect(isLocal(far)).toBe(false);
});
