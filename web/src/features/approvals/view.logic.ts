/** What of the page stands in its address. */

const TABS = ['history', 'rules', 'log'] as const;
export type Tab = 'pending' | (typeof TABS)[number];

/** What lines of the log may be about. */
export const LOG_KINDS = ['approval', 'rule', 'device', 'password', 'config'] as const;
export type LogKind = (typeof LOG_KINDS)[number];

export interface View {
  tab?: (typeof TABS)[number];
  /** The request to show. */
  request?: string;
  /** Only lines of the log that are about this. */
  kind?: LogKind;
}

export function readView(given: Record<string, unknown>): View {
  const { request } = given;
  const tab = TABS.find((one) => one === given.tab);
  const kind = LOG_KINDS.find((one) => one === given.kind);
  return {
    ...(tab ? { tab } : {}),
    ...(typeof request === 'string' && request ? { request } : {}),
    ...(tab === 'log' && kind ? { kind } : {}),
  };
}
