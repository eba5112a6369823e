/** The sections, in the order in which people look for them, with their names. */
import type { SchemaNode } from '@/api/configSchema';
import { leavesOf } from '@/api/configSchema';
import { t } from '@/i18n';

const ORDER = [
  'agent',
  'providers',
  'memory',
  'tools',
  'workspace',
  'cron',
  'cost',
  'channels',
  'gateway',
  'tunnel',
  'observability',
  'owner',
];

/** Those that hold something in this version; what nobody has ordered comes last. */
export function sectionsOf(schema: SchemaNode): string[] {
  const there = Object.entries(schema.properties ?? {}).filter(([name, node]) =>
    leavesOf({ properties: { [name]: node } }).some((leaf) => leaf.node['x-later'] !== true),
  );
  const place = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return there.map(([name]) => name).sort((one, other) => place(one) - place(other));
}

const said = (words: Record<string, string>, name: string) =>
  Object.hasOwn(words, name) ? words[name] : undefined;

export const nameOf = (section: string, title: string = section) => said(t.settings.names, section) ?? title;
export const aboutSection = (section: string) => said(t.settings.about, section);
