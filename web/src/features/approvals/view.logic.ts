/** What of the page stands in its address. */

export type Tab = 'pending' | 'history' | 'rules';
export interface View {
  tab?: 'history' | 'rules';
  /** The request to show. */
  request?: string;
}

export function readView(given: Record<string, unknown>): View {
  const { tab, request } = given;
  return {
    ...(tab === 'history' || tab === 'rules' ? { tab } : {}),
    ...(typeof request === 'string' && request ? { request } : {}),
  };
}
