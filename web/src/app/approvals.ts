/** What waits for a decision, known on every page: a number in the navigation, and a notice when nobody looks. */
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useSyncExternalStore } from 'react';
import { usePending } from '@/api/approvals';
import type { News } from '@/api/frames';
import { useNews } from '@/api/reread';
import { t } from '@/i18n';
import { useSetBadge } from './badge';

export function useApprovalsBadge() {
  useSetBadge('approvals', usePending().data?.approvals.length ?? 0);
}

const WANTED = 'clawgate-notices';
const watchers = new Set<() => void>();
const tell = () => {
  for (const watcher of watchers) watcher();
};

/** Whether this browser tells of requests while its tab is hidden. */
export type Notices = 'on' | 'off' | 'refused' | 'insecure' | 'unsupported';

let wanted = true;
try {
  wanted = localStorage.getItem(WANTED) !== 'off';
} catch {
  // Without storage the browser's own permission is all there is.
}
/** Some phones have the interface and refuse to make one. */
let broken = false;

function noticesNow(): Notices {
  if (!globalThis.isSecureContext) return 'insecure';
  if (broken || typeof Notification === 'undefined') return 'unsupported';
  if (Notification.permission === 'denied') return 'refused';
  return wanted && Notification.permission === 'granted' ? 'on' : 'off';
}

export const useNotices = () =>
  useSyncExternalStore((watcher) => {
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  }, noticesNow);

/** Turned on by a press of a button alone: browsers ask for the permission then, and never else. */
export async function setNotices(on: boolean) {
  if (on) await Notification.requestPermission();
  wanted = on;
  try {
    if (on) localStorage.removeItem(WANTED);
    else localStorage.setItem(WANTED, 'off');
  } catch {
    // Holds as long as the page then.
  }
  tell();
}

const NEWS = ['approval_request', 'approval_resolved'] as const;
const shown = new Map<string, Notification>();

export function useApprovalNotices() {
  const navigate = useNavigate();
  useNews(
    NEWS,
    useCallback(
      (event: News['event']) => {
        if (event.type === 'approval_resolved') {
          shown.get(event.request_id)?.close();
          shown.delete(event.request_id);
          return;
        }
        if (event.type !== 'approval_request') return;
        // What was missed while there was no connection may be over by now.
        if (Date.parse(event.expires_at) <= Date.now()) return;
        if (document.visibilityState === 'visible' || noticesNow() !== 'on') return;
        const { request_id: request } = event;
        const title =
          event.kind === 'question' ? t.approvals.noticeQuestion : t.approvals.noticeTool(event.tool);
        try {
          // Tabs of the same gateway replace each other's notice instead of adding to it.
          const notice = new Notification(title, { body: event.summary, tag: `clawgate ${request}` });
          notice.onclick = () => {
            window.focus();
            void navigate({ to: '/approvals', search: { request } });
            notice.close();
          };
          notice.onclose = () => void shown.delete(request);
          shown.set(request, notice);
        } catch {
          broken = true;
          tell();
        }
      },
      [navigate],
    ),
  );
}
