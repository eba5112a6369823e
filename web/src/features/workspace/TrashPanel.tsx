/** What was deleted: put back, or deleted for good. */
import { Button } from '@mantine/core';
import { IconFile, IconFolder, IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '@/api/client';
import type { WorkspaceTrashItem } from '@/api/types';
import { t } from '@/i18n';
import { bytes } from '@/i18n/format';
import { ActionMenu } from '@/ui/ActionMenu';
import { ConfirmDanger } from '@/ui/ConfirmDanger';
import { disabledBecause } from '@/ui/disabledBecause';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorNote } from '@/ui/ErrorNote';
import { failureOf } from '@/ui/failure';
import { RelativeTime } from '@/ui/RelativeTime';
import { toast } from '@/ui/toast';
import { emptyTrash, purge, restoreTrash, useReread, useTrash } from './data';
import { showPath } from './openFolders';
import { PathDialog } from './PathDialog';
import { folderOf, nameOf } from './paths.logic';
import { Waiting } from './Waiting';

export function TrashPanel({ whyNot }: { whyNot: string | undefined }) {
  const list = useTrash();
  const reread = useReread();
  const [asked, setAsked] = useState<
    { for: 'purge' | 'place'; item: WorkspaceTrashItem } | { for: 'empty' } | undefined
  >();
  const close = () => setAsked(undefined);
  const back = async (item: WorkspaceTrashItem, to?: string) => {
    const place = await restoreTrash(item.id, to);
    showPath(place.path);
    await reread();
    toast.done(t.workspace.isBack(nameOf(place.path)));
  };
  const restore = useMutation({
    mutationFn: (item: WorkspaceTrashItem) => back(item),
    meta: { quiet: true },
    onError: (error, item) => {
      // Something else is there by now: it gets another name.
      if (error instanceof ApiError && error.status === 409) setAsked({ for: 'place', item });
      else toast.failed(error);
    },
  });
  const destroy = useMutation({
    mutationFn: async (item: WorkspaceTrashItem | undefined) => {
      if (item) await purge(item.id);
      else await emptyTrash();
      await reread();
    },
    meta: { quiet: true },
    onSuccess: (_, item) => {
      close();
      if (!item) toast.done(t.workspace.emptied);
    },
  });
  if (list.isError && !list.data)
    return (
      <div className="ws-note">
        <ErrorNote error={list.error} onRetry={() => void list.refetch()} />
      </div>
    );
  if (list.isPending) return <Waiting lines={[64, 82, 73]} />;
  const items = list.data.pages.flatMap((page) => page.items);
  if (items.length === 0)
    return <EmptyState icon={IconTrash} title={t.workspace.trashEmpty} body={t.workspace.trashEmptyBody} />;
  return (
    <div className="ws-trash">
      <div className="ws-trash-head">
        <p className="ws-remark">{t.workspace.trashSub}</p>
        <Button
          size="compact-sm"
          variant="subtle"
          color="red"
          onClick={() => setAsked({ for: 'empty' })}
          {...disabledBecause(whyNot)}
        >
          {t.workspace.emptyTrash}
        </Button>
      </div>
      <ul aria-label={t.workspace.trash}>
        {items.map((item) => (
          <li key={item.id} className="ws-trashed">
            {item.kind === 'folder' ? (
              <IconFolder className="ws-icon" size={18} stroke={1.7} aria-hidden />
            ) : (
              <IconFile className="ws-icon" size={18} stroke={1.7} aria-hidden />
            )}
            <div className="ws-trashed-words">
              <span className="ws-trashed-name">{nameOf(item.path)}</span>
              <span className="ws-trashed-facts">
                {t.workspace.inFolder(folderOf(item.path) || t.workspace.topFolder)}
                {item.kind === 'folder' && ` · ${t.workspace.filesIn(item.files)}`} · {bytes(item.size)} ·{' '}
                {t.workspace.deletedBy[item.author]} <RelativeTime at={item.deleted_at} />
              </span>
            </div>
            <Button
              size="compact-sm"
              variant="default"
              loading={restore.isPending && restore.variables?.id === item.id}
              onClick={() => restore.mutate(item)}
              {...disabledBecause(whyNot)}
            >
              {t.workspace.restoreIt}
            </Button>
            <ActionMenu
              label={t.workspace.actions(nameOf(item.path))}
              entries={() => [
                {
                  label: t.workspace.restoreTo,
                  why: whyNot,
                  onSelect: () => setAsked({ for: 'place', item }),
                },
                {
                  label: t.workspace.purge,
                  danger: true,
                  why: whyNot,
                  onSelect: () => setAsked({ for: 'purge', item }),
                },
              ]}
            />
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button
          variant="subtle"
          fullWidth
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t.common.showMore}
        </Button>
      )}
      {asked?.for === 'place' && (
        <PathDialog
          title={t.workspace.restoreTo}
          confirm={t.workspace.restoreIt}
          value={asked.item.path}
          asIs
          run={(path) => back(asked.item, path)}
          onClose={close}
        />
      )}
      {(asked?.for === 'purge' || asked?.for === 'empty') && (
        <ConfirmDanger
          title={asked.for === 'empty' ? t.workspace.emptyTrashTitle : t.workspace.purgeTitle}
          confirm={asked.for === 'empty' ? t.workspace.emptyTrash : t.workspace.purge}
          busy={destroy.isPending}
          error={destroy.error ? failureOf(destroy.error).message : undefined}
          onConfirm={() => destroy.mutate(asked.for === 'purge' ? asked.item : undefined)}
          onClose={() => {
            destroy.reset();
            close();
          }}
        >
          {asked.for === 'empty'
            ? t.workspace.emptyTrashBody
            : t.workspace.purgeBody(nameOf(asked.item.path))}
        </ConfirmDanger>
      )}
    </div>
  );
}
