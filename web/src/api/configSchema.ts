/** The configuration's JSON Schema as the gateway makes it, and the ways through it. Nothing here draws. */

export interface SchemaNode {
  type?: string | readonly string[];
  title?: string;
  description?: string;
  default?: unknown;
  enum?: readonly unknown[];
  minimum?: number;
  maximum?: number;
  pattern?: string;
  properties?: Readonly<Record<string, SchemaNode>>;
  required?: readonly string[];
  additionalProperties?: boolean | SchemaNode;
  propertyNames?: { pattern?: string };
  items?: SchemaNode;
  const?: unknown;
  oneOf?: readonly SchemaNode[];
  anyOf?: readonly SchemaNode[];
  writeOnly?: boolean;
  'x-kind'?: string;
  'x-unit'?: string;
  'x-restart'?: boolean;
  'x-variable'?: string;
  'x-later'?: boolean;
}

/** One setting, wherever it stands. */
export interface Leaf {
  /** Its dotted name. */
  key: string;
  /** The first part of it. */
  section: string;
  node: SchemaNode;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const asSchema = (value: unknown): SchemaNode => (isObject(value) ? (value as SchemaNode) : {});

/** Whether it holds settings rather than being one. */
export const isGroup = (node: SchemaNode) => node.properties !== undefined;
/** Whether it holds as many of the same kind as one likes, each with a name. */
export const isMap = (node: SchemaNode): node is SchemaNode & { additionalProperties: SchemaNode } =>
  node.properties === undefined && isObject(node.additionalProperties);

/** Every setting below a node, in the schema's order; what belongs to a map counts as one. */
export function leavesOf(node: SchemaNode, path = ''): Leaf[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, inner]) => {
    const key = path === '' ? name : `${path}.${name}`;
    return isGroup(inner) ? leavesOf(inner, key) : [{ key, section: key.split('.')[0] ?? key, node: inner }];
  });
}

/** What stands under a dotted name in nested objects. */
export function valueAt(config: unknown, key: string): unknown {
  let at = config;
  for (const part of key.split('.')) {
    if (!isObject(at) || !Object.hasOwn(at, part)) return undefined;
    at = at[part];
  }
  return at;
}

/** The schema of a dotted name, through maps too. */
export function nodeAt(root: SchemaNode, key: string): SchemaNode | undefined {
  let at: SchemaNode | undefined = root;
  for (const part of key.split('.')) {
    if (at === undefined) return undefined;
    const inner: SchemaNode | undefined = at.properties?.[part];
    at = inner ?? (isMap(at) ? at.additionalProperties : undefined);
  }
  return at;
}
