/** Who comes to the front door and has no model yet is led to connect one, once. */
import { auth } from '@/api/auth';
import { api, take } from '@/api/client';
import { can } from './can';

const LEFT = 'clawgate.welcome-left';

/** The owner has seen the welcome in this browser, and went on. */
export function leaveWelcome() {
  try {
    localStorage.setItem(LEFT, 'yes');
  } catch {
    // A browser that keeps nothing shows it again.
  }
}

const wasLeft = () => {
  try {
    return localStorage.getItem(LEFT) !== null;
  } catch {
    return false;
  }
};

/** Where the front door leads. */
export async function firstPage(): Promise<'/welcome' | '/chat'> {
  const state = auth.get();
  if (wasLeft() || state.phase !== 'in' || !can(state.me, 'admin')) return '/chat';
  const status = await take(api.GET('/api/status')).catch(() => undefined);
  return status?.provider_source === 'demo' ? '/welcome' : '/chat';
}
