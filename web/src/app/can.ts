/** What this browser may do. A token that may only read sees everything and changes nothing. */
import { useAuth } from '@/api/auth';
import type { Me } from '@/api/types';
import { t } from '@/i18n';

export type Scope = Me['scopes'][number];

export const can = (me: Me | undefined, scope: Scope): boolean =>
  me !== undefined &&
  (me.scopes.includes('admin') ||
    me.scopes.includes(scope) ||
    (scope === 'read' && me.scopes.includes('chat')));

/** Whether this browser may do what asks for `scope`. */
export function useCan(scope: Scope): boolean {
  const state = useAuth();
  return can(state.phase === 'in' ? state.me : undefined, scope);
}

/** Why it may not, for `disabledBecause`; undefined when it may. */
export function useWhyNot(scope: Scope): string | undefined {
  return useCan(scope) ? undefined : t.access.needs[scope];
}
