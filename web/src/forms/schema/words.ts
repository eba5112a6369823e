/** What a setting is called and is for, in the page's language where it has words for it, else as the schema says. */
import type { SchemaNode } from '@/api/configSchema';
import { t } from '@/i18n';

export function wordsOf(key: string, node: SchemaNode): { title: string; about: string | undefined } {
  const { fields } = t.settings;
  // What stands in a map has the same words under every name.
  const own = [key, key.replace(/^([^.]+)\.[^.]+\./, '$1.*.')].find((name) => Object.hasOwn(fields, name));
  const said = own === undefined ? undefined : fields[own];
  return { title: said?.title ?? node.title ?? key, about: said?.about ?? node.description };
}
