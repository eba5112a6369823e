/** The latest of all kinds in one list: turns that ended, and what else the gateway had to tell. */
import type { NewsItem } from '@/api/frames';
import type { Status, TurnSummary } from '@/api/types';

export type FeedItem = { key: string; at: string } & (
  | { kind: 'turn'; turn: TurnSummary }
  | { kind: 'device'; name: string; change: string }
  | { kind: 'health'; component: string; status: string; reason: string | null | undefined }
  | { kind: 'config'; keys: string[] }
  | { kind: 'start'; version: string }
);

/** Who comes and goes is shown with the devices; here it would drown the rest. */
const PRESENCE = ['connected', 'disconnected'];

function fromNews({ id, event }: NewsItem): FeedItem | null {
  const place = { key: `news ${id}`, at: event.timestamp };
  switch (event.type) {
    case 'device_paired':
      if (PRESENCE.includes(event.change)) return null;
      return { ...place, kind: 'device', name: event.name, change: event.change };
    case 'health_changed': {
      const { component, status, reason } = event;
      return { ...place, kind: 'health', component, status, reason };
    }
    case 'config_changed':
      return { ...place, kind: 'config', keys: event.keys };
    default:
      return null;
  }
}

/** Is it about something that went wrong? */
export function isTrouble(item: FeedItem): boolean {
  if (item.kind === 'turn') return item.turn.state === 'failed' || item.turn.state === 'interrupted';
  return item.kind === 'health' && item.status !== 'ok';
}

export interface FeedParts {
  turns: readonly TurnSummary[];
  news: readonly NewsItem[];
  status: Status | undefined;
}

/** At most so many, the newest first. Turns under way have a place of their own. */
export function feed({ turns, news, status }: FeedParts, limit: number): FeedItem[] {
  const ended = turns.flatMap((turn): FeedItem[] =>
    turn.finished_at ? [{ key: turn.turn_id, at: turn.finished_at, kind: 'turn', turn }] : [],
  );
  const started: FeedItem[] = status
    ? [{ key: 'start', at: status.started_at, kind: 'start', version: status.version }]
    : [];
  const started_at = status ? Date.parse(status.started_at) : -Infinity;
  // Parts that come up well while the gateway starts are no news.
  const told = news
    .flatMap((item) => fromNews(item) ?? [])
    .filter(
      (item) => item.kind !== 'health' || item.status !== 'ok' || Date.parse(item.at) - started_at > 15_000,
    );
  return [...ended, ...told, ...started]
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at))
    .slice(0, limit);
}
