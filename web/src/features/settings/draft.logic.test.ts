import { describe, expect, it } from 'vitest';
import type { SchemaNode } from '@/api/configSchema';
import {
  bothChanged,
  carriedOver,
  type Draft,
  differences,
  isEmpty,
  proposalOf,
  withoutSecrets,
} from './draft.logic';
import { readSettingsView } from './view.logic';

const schema: SchemaNode = {
  properties: {
    agent: { properties: { model: { type: 'string' }, prompt: { type: 'string' } } },
    providers: { additionalProperties: { properties: { kind: { type: 'string' } } } },
  },
};
const draft: Draft = { etag: 'a', config: { agent: { model: 'old' } }, edits: { 'agent.model': 'mine' } };
const change = (key: string, after: unknown) => ({ key, after });

describe('a draft', () => {
  it('is one proposal, whichever view it was made in', () => {
    expect(proposalOf(draft)).toEqual({ patch: { agent: { model: 'mine' } } });
    expect(proposalOf({ ...draft, toml: 'x', edits: {} })).toEqual({ toml: 'x' });
    expect(isEmpty({ ...draft, edits: {} })).toBe(true);
    expect(isEmpty({ ...draft, edits: {}, toml: '' })).toBe(false);
  });
  it('keeps new secrets out of the text, and lets what clears one in', () => {
    const edits = { 'a.key': 'new', 'b.key': null, 'c.name': 'x' };
    const { shown, secrets } = withoutSecrets(edits, (key) => key.endsWith('.key'));
    expect(secrets).toEqual({ 'a.key': 'new' });
    expect(shown).toEqual({ 'b.key': null, 'c.name': 'x' });
  });
  it('is carried over to a newer text with what was changed here alone', () => {
    const newer = { agent: { model: 'mine', prompt: 'theirs' } };
    expect(carriedOver(draft, [], 'b', newer)).toEqual({ etag: 'b', config: newer, edits: {} });
    const text: Draft = { ...draft, toml: 'whole text', edits: { 'a.key': 'new' } };
    const moved = carriedOver(
      text,
      [change('agent.prompt', 'x'), change('a.key', '***MASKED***')],
      'b',
      newer,
    );
    expect(moved.toml).toBeUndefined();
    expect(moved.edits).toEqual({ 'agent.prompt': 'x', 'a.key': 'new' });
  });
});

describe('what others changed', () => {
  it('is told setting by setting, in maps too', () => {
    const before = { agent: { model: 'a' }, providers: { main: { kind: 'demo' } } };
    const after = { agent: { model: 'b' }, providers: { other: { kind: 'demo' } } };
    expect(differences(before, after, schema).map(({ key }) => key)).toEqual([
      'agent.model',
      'providers.main.kind',
      'providers.other.kind',
    ]);
  });
});

it('what both changed is found, a removed entry counting for all in it', () => {
  const theirs = ['agent.model', 'providers.main.kind'].map((key) => ({ key, before: 1, after: 2 }));
  expect(bothChanged(['agent.model', 'agent.prompt'], theirs)).toEqual(['agent.model']);
  expect(bothChanged(['providers.main'], theirs)).toEqual(['providers.main.kind']);
  expect(bothChanged(['gateway.port'], theirs)).toEqual([]);
});

describe('the address', () => {
  it('is read whatever stands in it', () => {
    expect(readSettingsView({ key: 'gateway.port' })).toEqual({ section: 'gateway', key: 'gateway.port' });
    expect(readSettingsView({ view: 'xml', show: 3, q: ' ', line: -1 })).toEqual({});
    expect(readSettingsView({ view: 'toml', show: 'review', line: 3 })).toEqual({
      view: 'toml',
      show: 'review',
      line: 3,
    });
  });
});
