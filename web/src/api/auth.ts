/** Whether this browser is signed in. The cookie is HttpOnly: the gateway is asked, nothing is stored here. */
import { useSyncExternalStore } from 'react';
import { ApiError, api, onSignedOut, take } from './client';
import type { Me } from './types';

export type AuthState =
  | { phase: 'asking' }
  | { phase: 'unreachable' }
  | { phase: 'out' }
  | { phase: 'in'; me: Me };

let state: AuthState = { phase: 'asking' };
const watchers = new Set<() => void>();
const set = (next: AuthState) => {
  state = next;
  for (const watcher of watchers) watcher();
};

export const auth = {
  get: () => state,
  watch: (listener: () => void) => {
    watchers.add(listener);
    return () => void watchers.delete(listener);
  },
  signedIn: (me: Me) => set({ phase: 'in', me }),
  signedOut: () => {
    if (state.phase !== 'out') set({ phase: 'out' });
  },
};
export const useAuth = () => useSyncExternalStore(auth.watch, auth.get);

onSignedOut(auth.signedOut);

/** Finds out who we are. */
export async function askWhoWeAre() {
  try {
    auth.signedIn(await take(api.GET('/api/session')));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) auth.signedOut();
    else set({ phase: 'unreachable' });
  }
}

/** Redeems a pairing code; the token that comes back is traded for the cookie at once and dropped. */
export async function pair(code: string, deviceName: string): Promise<void> {
  const paired = await take(
    api.POST('/pair', {
      params: { header: { 'X-Pairing-Code': code } },
      body: { device_name: deviceName, device_type: 'browser' },
    }),
  );
  const trade = () =>
    take(api.POST('/api/session', { headers: { Authorization: `Bearer ${paired.token}` }, body: {} }));
  // The code is spent by now: a lost answer must not send anybody back to the terminal for another.
  let me: Me | undefined;
  for (let attempt = 0; me === undefined; attempt++) {
    try {
      me = await trade();
    } catch (error) {
      if (error instanceof ApiError || attempt === 3) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** attempt));
    }
  }
  auth.signedIn(me);
}

export async function signInWithPassword(password: string): Promise<void> {
  auth.signedIn(await take(api.POST('/api/session', { body: { password } })));
}

export async function signOut(): Promise<void> {
  await api.DELETE('/api/session');
  leave();
}

/** Leaves the page when the gateway no longer knows this browser by its own wish. */
export function leave(): void {
  // Drafts and unsent words belong to whoever leaves.
  for (const storage of [localStorage, sessionStorage])
    for (const key of Object.keys(storage)) if (key.startsWith('clawgate.')) storage.removeItem(key);
  // A fresh page keeps nothing of the old one in memory.
  location.assign('/');
}
