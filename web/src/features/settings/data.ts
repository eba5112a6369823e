/** The configuration as the gateway has it, what a draft of it comes to, and saving one. */
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { $api, ApiError, api, take } from '@/api/client';
import { asSchema } from '@/api/configSchema';
import { useRereadOn } from '@/api/reread';
import type { ConfigChecked, ConfigFault, ConfigView } from '@/api/types';
import { type Edits, patchOf } from '@/forms/schema/schema.logic';
import { type Draft, isEmpty, proposalOf } from './draft.logic';

const NEWS = ['config_changed'] as const;
const PATHS = ['/api/config', '/api/config/toml', '/api/config/schema', '/api/config/revisions'] as const;
const PAUSE_MS = 250;

export function useConfig() {
  useRereadOn(NEWS, PATHS);
  return $api.useQuery('get', '/api/config', {}, { refetchOnMount: 'always' });
}

export function useSchema() {
  const query = $api.useQuery('get', '/api/config/schema', {});
  const schema = useMemo(() => asSchema(query.data), [query.data]);
  return { ...query, schema };
}

export const useText = (wanted: boolean) => $api.useQuery('get', '/api/config/toml', {}, { enabled: wanted });

export const useRevisions = () =>
  $api.useQuery('get', '/api/config/revisions', {}, { refetchOnMount: 'always' });
export const useRevision = (id: string) =>
  $api.useQuery('get', '/api/config/revisions/{id}', { params: { path: { id } } });

/** What a draft comes to, asked anew when it has rested for a moment. */
export function useChecked(draft: Draft | undefined) {
  const [settled] = useDebouncedValue(draft, PAUSE_MS);
  const asked = draft && settled && proposalOf(settled);
  const query = useQuery({
    queryKey: ['check', '/api/config/check', asked, settled?.etag],
    queryFn: ({ signal }): Promise<ConfigChecked> =>
      take(api.POST('/api/config/check', { body: asked ?? {}, signal })),
    enabled: asked !== undefined && !isEmpty(draft),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const current = asked === undefined ? undefined : query.data;
  return { data: current, error: query.error, fresh: draft === settled && !query.isFetching };
}

/** The text that edits of the form come to; those of secrets are not in it. */
export function useEditedText(edits: Edits, etag: string) {
  const wanted = Object.keys(edits).length > 0;
  const query = useQuery({
    queryKey: ['check', '/api/config/check', 'text', edits, etag],
    queryFn: ({ signal }): Promise<ConfigChecked> =>
      take(api.POST('/api/config/check', { body: { patch: patchOf(edits) }, signal })),
    enabled: wanted,
    retry: false,
  });
  return { ...query, wanted };
}

const save = (draft: Draft): Promise<ConfigView> => {
  const { toml, patch } = proposalOf(draft);
  const params = { header: { 'If-Match': `"${draft.etag}"` } };
  return toml === undefined
    ? take(api.PATCH('/api/config', { params, body: patch ?? {} }))
    : take(api.PUT('/api/config/toml', { params, body: { toml, patch } }));
};

const restore = ({ id, etag }: { id: string; etag: string }): Promise<ConfigView> =>
  take(
    api.POST('/api/config/revisions/{id}/restore', {
      params: { path: { id }, header: { 'If-Match': `"${etag}"` } },
    }),
  );

/** Puts the text before the one named back, unless something else was saved since. */
export async function undoSave(etag: string): Promise<unknown> {
  const { revisions } = await take(api.GET('/api/config/revisions'));
  const newest = revisions[0];
  return newest && restore({ id: newest.id, etag });
}

export function useSaving() {
  const client = useQueryClient();
  const reread = () =>
    Promise.all(PATHS.map((path) => client.invalidateQueries({ queryKey: ['get', path] })));
  return {
    reread,
    save: useMutation({ mutationFn: save, onSuccess: reread }),
    restore: useMutation({ mutationFn: restore, onSuccess: reread }),
  };
}

/** The draft was made from a text that is no longer there. */
export const isStale = (error: unknown): boolean => error instanceof ApiError && error.status === 412;

/** What is wrong with a draft that was refused. */
export function faultsIn(error: unknown): readonly ConfigFault[] {
  const details = error instanceof ApiError ? error.body.details : undefined;
  const faults = (details as { faults?: unknown } | undefined)?.faults;
  return Array.isArray(faults) ? (faults as ConfigFault[]) : [];
}
