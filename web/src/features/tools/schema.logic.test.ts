import { describe, expect, it } from 'vitest';
import { argumentsOf, fillForm, kindOf, parseArgs, readForm, type Schema } from './schema.logic';

const SCHEMA: Schema = {
  type: 'object',
  properties: {
    limit: { type: 'integer', minimum: 1 },
    path: { type: 'string', maxLength: 200 },
    content: { type: 'string', maxLength: 100_000 },
    all: { type: 'boolean' },
    method: { type: 'string', enum: ['GET', 'POST'] },
    names: { type: 'array', items: { type: 'string' } },
    body: { type: ['string', 'object', 'array'] },
    headers: { type: 'object' },
  },
  required: ['path', 'content'],
};
const fields = argumentsOf(SCHEMA);

describe('a form made of a schema', () => {
  it('asks first for what is needed, each in its own way', () => {
    expect(fields.map(({ name, schema }) => [name, kindOf(schema)])).toEqual([
      ['path', 'text'],
      ['content', 'long'],
      ['limit', 'number'],
      ['all', 'flag'],
      ['method', 'choice'],
      ['names', 'list'],
      ['body', 'mixed'],
      ['headers', 'json'],
    ]);
  });

  it('means what is typed, and leaves out what is empty', () => {
    expect(readForm(fields, { path: 'a', content: '', all: false, limit: '' })).toEqual({
      args: { path: 'a', content: '' },
      faults: {},
    });
    const whole = {
      path: 'a',
      content: ' b\n',
      limit: '3',
      all: true,
      method: 'POST',
      names: 'x\n\n y ',
      body: '{"a":1}',
      headers: '{"X":"1"}',
    };
    const { args } = readForm(fields, whole);
    expect(args).toEqual({
      path: 'a',
      content: ' b\n',
      limit: 3,
      all: true,
      method: 'POST',
      names: ['x', 'y'],
      body: { a: 1 },
      headers: { X: '1' },
    });
    expect(readForm(fields, fillForm(fields, args) ?? {}).args).toEqual(args);
  });

  it('says what is wrong', () => {
    const { faults } = readForm(fields, { path: ' ', limit: '1.5', headers: '{', body: '17' });
    expect(faults).toEqual({ path: 'needed', content: 'needed', limit: 'whole', headers: 'json' });
  });

  it('has no place for what it does not know', () => {
    expect(fillForm(fields, { other: 1 })).toBeUndefined();
    expect(fillForm(fields, { limit: 'x' })).toBeUndefined();
    expect(fillForm(fields, { names: ['a\nb'] })).toBeUndefined();
  });
});

it('reads arguments written as JSON', () => {
  expect(parseArgs(' ')).toEqual({ args: {} });
  expect(parseArgs('{"a":1}')).toEqual({ args: { a: 1 } });
  expect(parseArgs('[1]')).toEqual({ why: null });
  expect(parseArgs('{')).toHaveProperty('why', expect.any(String));
});
