import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leavesOf, nodeAt, type SchemaNode, valueAt } from '@/api/configSchema';
import {
  answers,
  beginning,
  fits,
  groupsOf,
  namesIn,
  numberFault,
  patchOf,
  readNumber,
  same,
  shapeName,
  shapesOf,
  shownValue,
  widgetOf,
  withEdit,
  withoutBelow,
} from './schema.logic';

const schema: SchemaNode = {
  properties: {
    gateway: {
      title: 'Gateway',
      properties: {
        port: { type: 'integer', minimum: 0, maximum: 65535, title: 'Port', default: 42617 },
        node: { title: 'Node', properties: { enabled: { type: 'boolean', title: 'Enabled' } } },
      },
    },
    providers: {
      title: 'Providers',
      additionalProperties: { properties: { kind: { type: 'string', enum: ['demo'], title: 'Kind' } } },
    },
    odd: { title: 'Odd', properties: { thing: { anyOf: [] } as SchemaNode } },
  },
};
const base = { gateway: { port: 1 }, providers: { main: { kind: 'demo' } } };

describe('a schema', () => {
  it('is walked to its settings, a map being one', () => {
    const keys = leavesOf(schema).map(({ key }) => key);
    expect(keys).toEqual(['gateway.port', 'gateway.node.enabled', 'providers', 'odd.thing']);
    expect(nodeAt(schema, 'providers.any.kind')?.enum).toEqual(['demo']);
    expect(nodeAt(schema, 'gateway.none')).toBeUndefined();
  });
  it('has a widget for every node, also for one that nobody knows', () => {
    const widgets = leavesOf(schema).map(({ key, node }) => widgetOf(key, node));
    expect(widgets).toEqual(['number', 'switch', 'map', 'json']);
    expect(widgetOf('a', { type: 'string', writeOnly: true })).toBe('secret');
    expect(widgetOf('a', { type: 'array', items: { type: 'string' } })).toBe('list');
    expect(widgetOf('a', { type: 'array', items: { type: 'object', properties: {} } })).toBe('items');
    expect(widgetOf('a', { type: ['string', 'null'] })).toBe('union');
    expect(widgetOf('a', { anyOf: [{ type: 'integer' }, { type: 'string' }] })).toBe('union');
    expect(widgetOf('a', { type: 'object', properties: { b: { type: 'string' } } })).toBe('object');
    expect(widgetOf('agent.system_prompt', { type: 'string' })).toBe('long');
    expect(widgetOf('a', { type: ['string', 'number'], 'x-kind': 'money' })).toBe('number');
  });
  it('is shown in groups, nested ones after those of the section itself', () => {
    const gateway = schema.properties?.gateway as SchemaNode;
    expect(groupsOf('gateway', gateway).map(({ path }) => path)).toEqual(['gateway', 'gateway.node']);
  });
  it('is searched by name, title and what a setting is for', () => {
    const [port] = leavesOf(schema);
    if (!port) throw new Error('no port');
    expect(answers(port, 'gate pört')).toBe(true);
    expect(answers(port, 'host')).toBe(false);
  });
});

describe('a value of several shapes', () => {
  const daily = {
    type: 'object',
    required: ['kind', 'at'],
    properties: { kind: { const: 'daily' }, at: { type: 'string' } },
  };
  const every = {
    type: 'object',
    required: ['kind', 'secs'],
    properties: { kind: { const: 'every' }, secs: { type: 'integer', minimum: 5 } },
  };
  const node: SchemaNode = { anyOf: [daily, every, { type: 'null' }] };
  it('is known by what tells it apart, and begins whole', () => {
    const { shapes, nullable } = shapesOf(node);
    expect([shapes.length, nullable]).toEqual([2, true]);
    expect(shapes.map(shapeName)).toEqual(['daily', 'every']);
    expect(shapes.map((shape) => fits(shape, { kind: 'every', secs: 5 }))).toEqual([false, true]);
    expect(shapes.map(beginning)).toEqual([
      { kind: 'daily', at: '' },
      { kind: 'every', secs: 5 },
    ]);
    expect(beginning(node)).toBeNull();
    expect(fits(node, null) && fits(node, { kind: 'daily', at: '8:00' })).toBe(true);
    expect(fits(node, { kind: 'weekly' })).toBe(false);
  });
  it('may be a type with nothing beside it', () => {
    const { shapes, nullable } = shapesOf({ type: ['string', 'null'], enum: ['a', null] });
    expect([shapes[0]?.enum, nullable]).toEqual([['a'], true]);
  });
});

describe('edits', () => {
  it('that say what is so already are none', () => {
    const edits = withEdit({}, 'gateway.port', 2, base);
    expect(edits).toEqual({ 'gateway.port': 2 });
    expect(withEdit(edits, 'gateway.port', 1, base)).toEqual({});
    expect(withEdit({}, 'gateway.none', null, base)).toEqual({});
  });
  it('are shown before they are saved, null as the default', () => {
    const port = nodeAt(schema, 'gateway.port');
    expect(shownValue('gateway.port', port, {}, base)).toBe(1);
    expect(shownValue('gateway.port', port, { 'gateway.port': 5 }, base)).toBe(5);
    expect(shownValue('gateway.port', port, { 'gateway.port': null }, base)).toBe(42617);
  });
  it('become one merge patch', () => {
    expect(patchOf({ 'a.b.c': 1, 'a.d': null, e: [2] })).toEqual({ a: { b: { c: 1 }, d: null }, e: [2] });
  });
  it('bring and take names of a map', () => {
    expect(namesIn('providers', { 'providers.new.kind': 'demo' }, base)).toEqual(['main', 'new']);
    const gone = {
      ...withoutBelow({ 'providers.main.kind': 'x' }, 'providers.main'),
      'providers.main': null,
    };
    expect(namesIn('providers', gone, base)).toEqual([]);
  });
  it('applied as a patch give what the form showed', () => {
    const part = fc.constantFrom('a', 'b', 'c');
    const key = fc.tuple(part, part).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(fc.dictionary(key, fc.oneof(fc.integer(), fc.string(), fc.boolean())), (edits) => {
        const patch = patchOf(edits);
        for (const [name, value] of Object.entries(edits)) expect(valueAt(patch, name)).toEqual(value);
        expect(same(patch, structuredClone(patch))).toBe(true);
      }),
    );
  });
});

describe('numbers', () => {
  const port: SchemaNode = { type: 'integer', minimum: 0, maximum: 10 };
  it('are read as they are typed', () => {
    expect(readNumber(' 7 ', port)).toBe(7);
    expect(readNumber('', port)).toBeUndefined();
    expect(readNumber('7.5', port)).toBe('7.5');
    expect(readNumber('x', port)).toBe('x');
    expect(readNumber('0,5', { type: 'number' })).toBe(0.5);
    expect(readNumber('12.50', { 'x-kind': 'money' })).toBe('12.50');
  });
  it('say at once what is wrong with them', () => {
    expect(numberFault('x', port)).toBe('number');
    expect(numberFault('7.5', port)).toBe('whole');
    expect(numberFault(-1, port)).toBe('low');
    expect(numberFault(11, port)).toBe('high');
    expect(numberFault(10, port)).toBeUndefined();
  });
});
