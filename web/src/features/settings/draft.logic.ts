/** A draft of the configuration: one thing with two views, the form and the text. Pure. */
import { leavesOf, type SchemaNode, valueAt } from '@/api/configSchema';
import { type Edits, MASK, patchOf, same } from '@/forms/schema/schema.logic';

export interface Draft {
  /** The text of config.toml that it was made from. */
  etag: string;
  /** The configuration at that time, to tell what others changed since. */
  config: unknown;
  /** The text, where it was changed as a text. */
  toml?: string;
  /** What was changed in the form since; secrets always stand here, where no text shows them. */
  edits: Edits;
}

export const isEmpty = (draft: Draft | undefined) =>
  draft === undefined || (draft.toml === undefined && Object.keys(draft.edits).length === 0);

/** What the gateway is asked about a draft, and told to save. */
export function proposalOf(draft: Draft) {
  const patch = Object.keys(draft.edits).length > 0 ? patchOf(draft.edits) : undefined;
  return {
    ...(draft.toml === undefined ? {} : { toml: draft.toml }),
    ...(patch ? { patch } : {}),
  };
}

/** The edits that the text may show, and those that it must not. */
export function withoutSecrets(edits: Edits, isSecret: (key: string) => boolean) {
  const shown: [string, unknown][] = [];
  const kept: [string, unknown][] = [];
  for (const entry of Object.entries(edits))
    (isSecret(entry[0]) && entry[1] !== null ? kept : shown).push(entry);
  return { shown: Object.fromEntries(shown) as Edits, secrets: Object.fromEntries(kept) as Edits };
}

/** A draft for a newer base: what was changed here, in the form or in the text, and nothing else is carried over. */
export function carriedOver(
  draft: Draft,
  changes: readonly Pick<Difference, 'key' | 'after'>[],
  etag: string,
  config: unknown,
): Draft {
  const edits: Record<string, unknown> = {};
  // A masked secret is the saved one: it stays by itself.
  if (draft.toml !== undefined)
    for (const { key, after } of changes) if (after !== MASK) edits[key] = after ?? null;
  Object.assign(edits, draft.edits);
  const still = Object.entries(edits).filter(([key, value]) => !same(valueAt(config, key), value));
  return { etag, config, edits: Object.fromEntries(still) };
}

export interface Difference {
  key: string;
  before: unknown;
  after: unknown;
}

/** The settings in which two configurations differ; maps are gone through by what is in them. */
export function differences(before: unknown, after: unknown, schema: SchemaNode): Difference[] {
  const keys = new Set<string>();
  for (const { key, node } of leavesOf(schema)) {
    const inner = typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
    if (!inner) {
      keys.add(key);
      continue;
    }
    for (const side of [before, after]) {
      const map = valueAt(side, key);
      if (typeof map !== 'object' || map === null) continue;
      for (const name of Object.keys(map))
        for (const leaf of leavesOf(inner, `${key}.${name}`)) keys.add(leaf.key);
    }
  }
  return [...keys]
    .map((key) => ({ key, before: valueAt(before, key), after: valueAt(after, key) }))
    .filter((one) => !same(one.before, one.after));
}

/** What was changed here and elsewhere both. */
export const bothChanged = (mine: readonly string[], theirs: readonly Difference[]): string[] =>
  theirs
    .map(({ key }) => key)
    .filter((key) =>
      mine.some((own) => own === key || own.startsWith(`${key}.`) || key.startsWith(`${own}.`)),
    );
