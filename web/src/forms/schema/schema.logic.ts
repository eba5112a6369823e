/** What a form made from a schema needs to know: values, what was changed in them, and what answers a search. */
import { isGroup, isMap, type Leaf, leavesOf, type SchemaNode, valueAt } from '@/api/configSchema';

/** What is changed, by dotted name; null: back to the default, or gone. */
export type Edits = Readonly<Record<string, unknown>>;

export const MASK = '***MASKED***';

export type Widget =
  | 'switch'
  | 'choice'
  | 'number'
  | 'text'
  | 'long'
  | 'secret'
  | 'list'
  | 'zone'
  | 'provider'
  | 'map'
  | 'object'
  | 'items'
  | 'union'
  | 'json';

/** A text that people write in sentences. */
const LONG = /prompt|text|instructions/;

/** Which widget draws a node; one that nobody knows is drawn as JSON. */
export function widgetOf(key: string, node: SchemaNode): Widget {
  if (isMap(node)) return 'map';
  if (isGroup(node)) return 'object';
  if (node.writeOnly) return 'secret';
  if (node['x-kind'] === 'money') return 'number';
  const { shapes, nullable } = shapesOf(node);
  if (shapes.length > 1 || (nullable && shapes.length === 1)) return 'union';
  const type = node.type;
  if (type === 'boolean') return 'switch';
  if (node.enum?.every((one) => typeof one !== 'object')) return 'choice';
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'array') {
    if (node.items === undefined) return 'json';
    const plain = node.items.type === 'string' && !node.items.enum && !node.items.writeOnly;
    return plain ? 'list' : 'items';
  }
  if (type !== 'string') return 'json';
  if (node['x-kind'] === 'time_zone') return 'zone';
  if (node['x-kind'] === 'provider') return 'provider';
  return LONG.test(key) ? 'long' : 'text';
}

/** The shapes that a value may have, without null; `nullable` where it may be null besides. */
export function shapesOf(node: SchemaNode): { shapes: readonly SchemaNode[]; nullable: boolean } {
  const listed = node.oneOf ?? node.anyOf;
  if (listed) {
    const shapes = listed.filter((shape) => shape.type !== 'null' && shape.const !== null);
    return { shapes, nullable: shapes.length < listed.length };
  }
  if (typeof node.type !== 'object') return { shapes: [node], nullable: false };
  const types = node.type.filter((type) => type !== 'null');
  const words = node.enum?.filter((one) => one !== null);
  return {
    shapes: types.map((type) => ({ ...node, type, ...(words && { enum: words }) })),
    nullable: types.length < node.type.length,
  };
}

const TYPES: Record<string, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  array: Array.isArray,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  null: (value) => value === null,
};

/** Whether a value is of this shape; what tells shapes apart is looked at, not all that could be wrong. */
export function fits(node: SchemaNode, value: unknown): boolean {
  if (node.const !== undefined) return same(node.const, value);
  if (node.enum) return node.enum.some((one) => same(one, value));
  const { shapes, nullable } = shapesOf(node);
  if (shapes.length !== 1 || nullable)
    return (nullable && value === null) || shapes.some((shape) => fits(shape, value));
  const [shape = node] = shapes;
  if (typeof shape.type === 'string' && !TYPES[shape.type]?.(value)) return false;
  return Object.entries(shape.properties ?? {}).every(([name, inner]) => {
    const own = valueIn(value, name);
    if (own === undefined) return !shape.required?.includes(name);
    return inner.const === undefined && inner.enum === undefined ? true : fits(inner, own);
  });
}

export const valueIn = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;

/** What a new value of a node begins as. */
export function beginning(node: SchemaNode): unknown {
  if (node.default !== undefined) return node.default;
  if (node.const !== undefined) return node.const;
  if (node.enum) return node.enum[0];
  const { shapes, nullable } = shapesOf(node);
  if (nullable) return null;
  const shape = shapes[0] ?? node;
  if (shape !== node) return beginning(shape);
  if (node.type === 'boolean') return false;
  if (node.type === 'integer' || node.type === 'number') return node.minimum ?? 0;
  if (node.type === 'array') return [];
  if (node.type === 'object' || node.properties)
    return Object.fromEntries(
      (node.required ?? []).map((name) => [name, beginning(node.properties?.[name] ?? {})]),
    );
  return node.type === 'string' ? '' : null;
}

/** The name of a shape: its own, the word that tells it apart, or its type. */
export function shapeName(shape: SchemaNode): string {
  if (shape.title) return shape.title;
  const mark = Object.values(shape.properties ?? {}).find((inner) => inner.const !== undefined);
  return String(mark?.const ?? shape.const ?? shape['x-kind'] ?? shape.type ?? '');
}

export function same(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  const [mine, theirs] = [Object.entries(one), Object.keys(other)];
  return (
    Array.isArray(one) === Array.isArray(other) &&
    mine.length === theirs.length &&
    mine.every(
      ([key, value]) => Object.hasOwn(other, key) && same(value, (other as Record<string, unknown>)[key]),
    )
  );
}

/** The value that a form shows: as edited, else as it stands. */
export function shownValue(key: string, node: SchemaNode | undefined, edits: Edits, base: unknown): unknown {
  if (Object.hasOwn(edits, key)) return edits[key] === null ? node?.default : edits[key];
  return valueAt(base, key);
}

/** Edits with one more; one that says what is so already is none. */
export function withEdit(edits: Edits, key: string, value: unknown, base: unknown): Edits {
  const { [key]: _, ...others } = edits;
  const standing = valueAt(base, key);
  if (value === null ? standing === undefined : same(value, standing)) return others;
  return { ...others, [key]: value };
}

/** Edits below a name go: the name itself is edited, or nothing of it any more. */
export const withoutBelow = (edits: Edits, key: string): Edits =>
  Object.fromEntries(
    Object.entries(edits).filter(([other]) => other !== key && !other.startsWith(`${key}.`)),
  );

/** The JSON merge patch that edits come to. */
export function patchOf(edits: Edits): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  for (const key of Object.keys(edits).sort()) {
    const parts = key.split('.');
    const last = parts.pop() ?? key;
    let at = patch;
    for (const part of parts) {
      const inner = at[part];
      if (typeof inner === 'object' && inner !== null) at = inner as Record<string, unknown>;
      else {
        const made: Record<string, unknown> = {};
        at[part] = made;
        at = made;
      }
    }
    at[last] = edits[key];
  }
  return patch;
}

/** The names in a map: those that stand, those that come, without those that go. */
export function namesIn(key: string, edits: Edits, base: unknown): string[] {
  const standing = valueAt(base, key);
  const names = new Set(typeof standing === 'object' && standing !== null ? Object.keys(standing) : []);
  for (const [other, value] of Object.entries(edits)) {
    if (!other.startsWith(`${key}.`)) continue;
    const [name = '', ...rest] = other.slice(key.length + 1).split('.');
    if (rest.length > 0) names.add(name);
    else if (value === null) names.delete(name);
  }
  return [...names].sort();
}

const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** Every typed word is in its name, its title, what it is for, or its variable. */
export function answers({ key, node }: Leaf, typed: string): boolean {
  const inner = isMap(node) ? leavesOf(node.additionalProperties) : [];
  const said = [
    key,
    key.replaceAll(/[._]/g, ' '),
    node.title,
    node.description,
    node['x-variable'],
    ...(node.enum ?? []),
    ...inner.flatMap((leaf) => [leaf.node.title, leaf.node.description]),
  ];
  const text = fold(said.filter((part) => part !== undefined).join(' '));
  return fold(typed)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export interface FormGroup {
  /** The dotted name of what the settings stand in. */
  path: string;
  title: string;
  leaves: Leaf[];
}

/** A section's settings, those right in it first, then what is nested in it. */
export function groupsOf(name: string, node: SchemaNode): FormGroup[] {
  const title = node.title ?? name;
  if (!isGroup(node)) return [{ path: name, title, leaves: [{ key: name, section: name, node }] }];
  const own: Leaf[] = [];
  const nested: FormGroup[] = [];
  for (const [part, inner] of Object.entries(node.properties ?? {})) {
    const key = `${name}.${part}`;
    if (isGroup(inner)) nested.push(...groupsOf(key, inner));
    else own.push({ key, section: name.split('.')[0] ?? name, node: inner });
  }
  return own.length > 0 ? [{ path: name, title, leaves: own }, ...nested] : nested;
}

/** A number as it was typed: nothing, what is no number, or the number. */
export function readNumber(text: string, node: SchemaNode): number | string | undefined {
  const trimmed = text.trim().replace(',', '.');
  if (trimmed === '') return undefined;
  if (node['x-kind'] === 'money') return trimmed;
  const value = Number(trimmed);
  if (!Number.isFinite(value) || (node.type === 'integer' && !Number.isInteger(value))) return trimmed;
  return value;
}

export type NumberFault = 'number' | 'whole' | 'low' | 'high';

/** What is wrong with a number before anybody else is asked. */
export function numberFault(value: unknown, node: SchemaNode): NumberFault | undefined {
  const amount = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof amount !== 'number' || Number.isNaN(amount)) return 'number';
  if (node.type === 'integer' && !Number.isInteger(amount)) return 'whole';
  if (node.minimum !== undefined && amount < node.minimum) return 'low';
  if (node.maximum !== undefined && amount > node.maximum) return 'high';
  return undefined;
}
