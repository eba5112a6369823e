/** What of the page stands in its address. */

const TABS = ['try', 'calls'] as const;
export type Tab = 'about' | (typeof TABS)[number];

export interface View {
  /** What is looked for. */
  q?: string;
  /** The tool that is open. */
  tool?: string;
  tab?: (typeof TABS)[number];
}

const LONGEST = 200;

const word = (value: unknown) => {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, LONGEST) : '';
  return text.trim() ? text : undefined;
};

/** Reads an address that anybody may have written. */
export function readView(search: Record<string, unknown>): View {
  const [q, tool] = [word(search.q), word(search.tool)];
  const tab = TABS.find((one) => one === search.tab);
  return { ...(q ? { q } : {}), ...(tool ? { tool } : {}), ...(tool && tab ? { tab } : {}) };
}
