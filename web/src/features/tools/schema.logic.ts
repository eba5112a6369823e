/** A tool's JSON Schema, read for people: its arguments with what they may be, and a form's fields. */

export interface Schema {
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
}

export interface Argument {
  name: string;
  schema: Schema;
  required: boolean;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads what a tool says of its arguments; what is no schema says nothing. */
export const readSchema = (value: unknown): Schema => (isRecord(value) ? (value as Schema) : {});

/** The arguments, those that are needed first. */
export function argumentsOf(schema: Schema): Argument[] {
  const required = new Set(schema.required ?? []);
  const all = Object.entries(schema.properties ?? {}).map(([name, schema]) => ({
    name,
    schema,
    required: required.has(name),
  }));
  return [...all.filter((one) => one.required), ...all.filter((one) => !one.required)];
}

export const typesOf = ({ type }: Schema): string[] => (Array.isArray(type) ? type : type ? [type] : []);

export type FieldKind = 'text' | 'long' | 'number' | 'flag' | 'choice' | 'list' | 'mixed' | 'json';

/** Longer texts are written on several lines. */
const LONG = 10_000;

export function kindOf(schema: Schema): FieldKind {
  const types = typesOf(schema);
  const [type] = types;
  if (types.length > 1) return types.includes('string') ? 'mixed' : 'json';
  if (schema.enum?.every((option) => typeof option === 'string')) return 'choice';
  if (type === 'string') return (schema.maxLength ?? 0) > LONG ? 'long' : 'text';
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'boolean') return 'flag';
  if (type === 'array' && schema.items?.type === 'string') return 'list';
  return 'json';
}

/** What a form holds: words as they are typed, and what is ticked. */
export type Values = Readonly<Record<string, string | boolean>>;

export type Fault = 'needed' | 'whole' | 'number' | 'json';
export interface Read {
  args: Record<string, unknown>;
  faults: Record<string, Fault>;
}

/** The arguments that a form means; what is left empty is left out. */
export function readForm(fields: readonly Argument[], values: Values): Read {
  const read: Read = { args: {}, faults: {} };
  for (const { name, schema, required } of fields) {
    const value = values[name];
    if (typeof value === 'boolean') {
      if (value || required) read.args[name] = value;
      continue;
    }
    const kind = kindOf(schema);
    const text = value ?? '';
    // An empty text is a text where one is asked for: a file may be emptied.
    const missing = kind === 'long' && required ? value === undefined : text.trim() === '';
    if (missing) {
      if (required) {
        if (kind === 'flag') read.args[name] = false;
        else read.faults[name] = 'needed';
      }
      continue;
    }
    const outcome = readOne(kind, schema, text);
    if ('fault' in outcome) read.faults[name] = outcome.fault;
    else read.args[name] = outcome.value;
  }
  return read;
}

function readOne(kind: FieldKind, schema: Schema, text: string): { value: unknown } | { fault: Fault } {
  switch (kind) {
    case 'number': {
      const value = Number(text);
      const whole = typesOf(schema)[0] === 'integer';
      if (!Number.isFinite(value)) return { fault: whole ? 'whole' : 'number' };
      return whole && !Number.isInteger(value) ? { fault: 'whole' } : { value };
    }
    case 'list':
      return {
        value: text
          .split('\n')
          .map((line) => line.trim())
          .filter(Boolean),
      };
    case 'mixed':
      try {
        const value: unknown = JSON.parse(text);
        return { value: typeof value === 'object' ? value : text };
      } catch {
        return { value: text };
      }
    case 'json':
      try {
        return { value: JSON.parse(text) as unknown };
      } catch {
        return { fault: 'json' };
      }
    default:
      return { value: text };
  }
}

/** A form that means these arguments; undefined where it has no place for one of them. */
export function fillForm(fields: readonly Argument[], args: Record<string, unknown>): Values | undefined {
  const known = new Map(fields.map((field) => [field.name, field]));
  const values: Record<string, string | boolean> = {};
  for (const [name, value] of Object.entries(args)) {
    const field = known.get(name);
    if (!field) return undefined;
    const kind = kindOf(field.schema);
    if (kind === 'flag') {
      if (typeof value !== 'boolean') return undefined;
      values[name] = value;
    } else if (kind === 'number') {
      if (typeof value !== 'number') return undefined;
      values[name] = String(value);
    } else if (kind === 'list') {
      const lines =
        Array.isArray(value) && value.every((line) => typeof line === 'string' && !/\n/.test(line));
      if (!lines) return undefined;
      values[name] = (value as string[]).join('\n');
    } else if (kind === 'json' || (kind === 'mixed' && typeof value !== 'string'))
      values[name] = JSON.stringify(value, null, 2);
    else if (typeof value === 'string') values[name] = value;
    else return undefined;
  }
  return values;
}

export type Parsed = { args: Record<string, unknown> } | { why: string | null };

/** Arguments that were written as JSON; nothing is an object without anything in it. */
export function parseArgs(text: string): Parsed {
  if (!text.trim()) return { args: {} };
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? { args: value } : { why: null };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
}
