/** The tools as the gateway has them, what is said of one, and a call that is tried out. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ActionPreview, readAction } from '@/api/approvals';
import { $api, api, take } from '@/api/client';
import type { Risk, Tool, ToolList, ToolTryResult } from '@/api/types';
import { t } from '@/i18n';
import { toast } from '@/ui/toast';

export type Setting = Tool['setting'];

export const useTools = () => $api.useQuery('get', '/api/tools', {}, { refetchOnMount: 'always' });

const LIST = { queryKey: ['get', '/api/tools'] } as const;

const withTool = (list: ToolList | undefined, name: string, change: (tool: Tool) => Tool) =>
  list && { ...list, tools: list.tools.map((tool) => (tool.name === name ? change(tool) : tool)) };

/** Shown at once; taken back, and said, when the gateway refuses it. */
export function useSetPermission() {
  const client = useQueryClient();
  const set = (name: string, change: (tool: Tool) => Tool) =>
    client.setQueriesData<ToolList>(LIST, (list) => withTool(list, name, change));
  return useMutation({
    mutationFn: ({ name, setting }: { name: string; setting: Setting }) =>
      take(
        api.PUT('/api/tools/{name}/permission', {
          params: { path: { name } },
          body: { permission: setting },
        }),
      ),
    meta: { saidInPlace: true },
    onMutate: async ({ name, setting }) => {
      await client.cancelQueries(LIST);
      const before = client
        .getQueriesData<ToolList>(LIST)
        .flatMap(([, list]) => list?.tools ?? [])
        .find((tool) => tool.name === name);
      set(name, (tool) => ({
        ...tool,
        setting,
        permission: setting === 'default' ? tool.default_permission : setting,
      }));
      return before;
    },
    onSuccess: (tool) => set(tool.name, () => tool),
    onError: (error, { name }, before) => {
      if (before) set(name, () => before);
      toast.failed(error, t.tools.permissionFailed);
    },
    onSettled: () => client.invalidateQueries(LIST),
  });
}

export interface TriedAction {
  summary: string;
  risk: Risk;
  preview: ActionPreview;
  always?: string;
}
/** The document's own type forgets which fields go with which kind of action. */
export type Tried = Omit<ToolTryResult, 'action'> & { action: TriedAction };

export interface Trial {
  name: string;
  args: Record<string, unknown>;
  mode: 'look' | 'run' | 'agreed';
  signal: AbortSignal;
}

export async function tryTool({ name, args, mode, signal }: Trial): Promise<Tried> {
  const done = await take(
    api.POST('/api/tools/{name}/run', {
      params: { path: { name } },
      body: { args, dry_run: mode === 'look', approve: mode === 'agreed' },
      signal,
    }),
  );
  return { ...done, action: { ...done.action, preview: readAction(done.action.preview) } };
}
