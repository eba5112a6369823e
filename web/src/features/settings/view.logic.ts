/** What of the page stands in its address. */

export interface SettingsView {
  /** The section that is shown. */
  section?: string;
  /** The setting that is shown, by its dotted name. */
  key?: string;
  /** What settings are looked for by. */
  q?: string;
  /** The text instead of the form. */
  view?: 'toml';
  /** The line of the text to show. */
  line?: number;
  /** What lies over the page. */
  show?: 'review' | 'history';
}

const words = (value: unknown): string | undefined => {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).slice(0, 200);
  return text.trim() ? text : undefined;
};

/** Reads an address that anybody may have written. */
export function readSettingsView(search: Record<string, unknown>): SettingsView {
  const key = words(search.key);
  const read: SettingsView = {
    section: words(search.section) ?? key?.split('.')[0],
    key,
    q: words(search.q),
    view: search.view === 'toml' ? 'toml' : undefined,
    line: Number.isInteger(search.line) && Number(search.line) > 0 ? Number(search.line) : undefined,
    show: search.show === 'review' || search.show === 'history' ? search.show : undefined,
  };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}
