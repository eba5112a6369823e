/** The integrations as the gateway has them, setting them up, and trying them. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { $api, api, take } from '@/api/client';

export const useIntegrations = () =>
  $api.useQuery('get', '/api/integrations', {}, { refetchOnMount: 'always' });

const useReread = () => {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['get', '/api/integrations'] });
};

/** That it does not work is an answer; an error is that it could not be tried. */
export function useTrial(id: string) {
  const reread = useReread();
  return useMutation({
    mutationFn: () => take(api.POST('/api/integrations/{id}/test', { params: { path: { id } } })),
    onSettled: reread,
    meta: { saidInPlace: true },
  });
}

/** What was typed; null takes a setting away. */
export type Settings = Record<string, string | null>;

export function useSave(id: string) {
  const reread = useReread();
  return useMutation({
    mutationFn: (settings: Settings) => {
      const fields = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, value ?? '']));
      return take(api.PUT('/api/integrations/{id}', { params: { path: { id } }, body: { fields } }));
    },
    onSuccess: reread,
    meta: { saidInPlace: true },
  });
}
