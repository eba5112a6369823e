import { describe, expect, it } from 'vitest';
import type { NewsItem } from '@/api/frames';
import type { Status, TurnSummary } from '@/api/types';
import { feed, isTrouble } from './feed.logic';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString();

const turn = (id: string, end: number | undefined, state: TurnSummary['state'] = 'done'): TurnSummary => ({
  turn_id: id,
  session_id: 's',
  session_title: 'Birds',
  state,
  origin: 'chat',
  excerpt: 'hi',
  usage: { input_tokens: 0, output_tokens: 0, cached_tokens: 0, reasoning_tokens: 0 },
  tool_calls: 0,
  created_at: at(0),
  finished_at: end === undefined ? undefined : at(end),
});
const health = (id: number, status: string, second: number): NewsItem => ({
  id,
  event: { type: 'health_changed', component: 'provider', status, timestamp: at(second) },
});
const device = (id: number, change: string, second: number): NewsItem => ({
  id,
  event: { type: 'device_paired', device_id: 'd', name: 'Phone', change, timestamp: at(second) },
});
const status = { started_at: at(1), version: '1.0.0' } as Status;

describe('the feed', () => {
  it('is one list, the newest first, without what is still under way', () => {
    const parts = {
      turns: [turn('b', 40), turn('c', undefined, 'running'), turn('a', 20)],
      news: [device(1, 'paired', 30), health(2, 'degraded', 50)],
      status,
    };
    expect(feed(parts, 10).map(({ key }) => key)).toEqual(['news 2', 'b', 'news 1', 'a', 'start']);
    expect(feed(parts, 2).map(({ key }) => key)).toEqual(['news 2', 'b']);
  });

  it('tells neither who comes and goes nor that parts came up well at the start', () => {
    const events = [device(1, 'connected', 30), device(2, 'disconnected', 31), health(3, 'ok', 2)];
    const told = feed({ turns: [], news: [...events, health(4, 'ok', 40)], status }, 10);
    expect(told.map(({ key }) => key)).toEqual(['news 4', 'start']);
  });

  it('knows trouble', () => {
    const parts = {
      turns: [turn('a', 2, 'failed'), turn('b', 3, 'cancelled'), turn('c', 4, 'interrupted')],
      news: [health(1, 'failing', 30), health(2, 'ok', 50)],
      status,
    };
    const trouble = feed(parts, 10).filter(isTrouble);
    expect(trouble.map(({ key }) => key)).toEqual(['news 1', 'c', 'a']);
  });
});
