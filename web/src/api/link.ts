/** The tab's connection and what its news mean for the data that pages show. */
import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { ApiError, api } from './client';
import type { News } from './frames';
import { dropSessions, touchSession } from './sessionNews';
import { GatewaySocket } from './socket';

const NEWS = [
  'agent_start',
  'agent_end',
  'llm_request',
  'llm_response',
  'tool_call_start',
  'tool_call',
  'session_changed',
  'approval_request',
  'approval_resolved',
  'rule_changed',
  'memory_changed',
  'cron_result',
  'job_started',
  'job_changed',
  'workspace_changed',
  'device_paired',
  'health_changed',
  'config_changed',
  'doctor_report',
  'integration_changed',
  'cost_update',
  'budget_warning',
];

export const socket = new GatewaySocket({
  url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/chat`,
  stillSignedIn: () =>
    api.GET('/api/session').then(
      () => true,
      (error: unknown) => !(error instanceof ApiError && error.status === 401),
    ),
});

export const useLink = () => useSyncExternalStore(socket.watch, socket.getState);

/** Query keys begin with the method and the path; that is enough to name what went stale. */
const stale = (client: QueryClient, ...paths: string[]) => {
  for (const path of paths) void client.invalidateQueries({ queryKey: ['get', path] });
};

export function refresh(client: QueryClient, news: News['event']) {
  switch (news.type) {
    case 'agent_start':
      touchSession(client, news.session_id);
      return stale(client, '/api/status');
    case 'agent_end':
      touchSession(client, news.session_id);
      // What its commands did to the files is no news of its own.
      stale(client, '/api/status', '/api/workspace/tree', '/api/workspace/file');
      return void client.invalidateQueries({
        queryKey: ['get', '/api/sessions/{id}/messages', news.session_id],
      });
    case 'session_changed':
      if (news.change === 'deleted') {
        dropSessions(client, [news.session_id]);
        stale(client, '/api/sessions/{id}');
      } else touchSession(client, news.session_id);
      // Titles, pins and what was read say nothing about the messages.
      if (news.change === 'updated' || news.change === 'read') return;
      return void client.invalidateQueries({
        queryKey: ['get', '/api/sessions/{id}/messages', news.session_id],
      });
    case 'approval_request':
      return stale(client, '/api/approvals');
    case 'approval_resolved':
      return stale(client, '/api/approvals', '/api/approvals/rules', '/api/audit');
    case 'rule_changed':
      return stale(client, '/api/approvals/rules', '/api/audit');
    case 'tool_call':
      return stale(client, '/api/tools');
    case 'memory_changed':
      return stale(
        client,
        '/api/memory',
        '/api/memory/categories',
        '/api/memory/{key}',
        '/api/memory/{key}/versions',
      );
    case 'workspace_changed':
      return stale(
        client,
        '/api/workspace/tree',
        '/api/workspace/file',
        '/api/workspace/history',
        '/api/workspace/diff',
        '/api/workspace/search',
        '/api/workspace/trash',
      );
    case 'device_paired':
      return stale(client, '/api/devices', '/api/status', '/api/audit');
    case 'health_changed':
      return stale(client, '/health', '/api/status');
    case 'config_changed':
      return stale(
        client,
        '/health',
        '/api/status',
        '/api/providers',
        '/api/models',
        '/api/integrations',
        '/api/tools',
        '/api/audit',
      );
    case 'doctor_report':
      return stale(client, '/api/doctor');
    case 'integration_changed':
      return stale(client, '/api/integrations');
  }
}

/** Keeps the query cache in step with the gateway for as long as the page lives. */
export function followNews(client: QueryClient) {
  let last: number | undefined;
  socket.onOpen(() => {
    socket.send({ type: 'subscribe', types: NEWS, ...(last === undefined ? {} : { after_id: last }) });
    // What was read before the first subscription may already be old.
    if (last === undefined) void client.invalidateQueries({ type: 'active' });
  });
  socket.onFrame((frame) => {
    if (frame.type === 'event') {
      last = Math.max(last ?? 0, frame.id);
      refresh(client, frame.event);
    } else if (frame.type === 'gap') {
      last = frame.resume_from - 1;
      void client.invalidateQueries();
    }
  });
}
