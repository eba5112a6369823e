/** Earlier texts of config.toml: what going back to one would change, and the way back. */
import { Button, Modal, Skeleton } from '@mantine/core';
import { IconRestore } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import type { ConfigRevision } from '@/api/types';
import { t } from '@/i18n';
import { bytes } from '@/i18n/format';
import { disabledBecause } from '@/ui/disabledBecause';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorNote } from '@/ui/ErrorNote';
import { RelativeTime } from '@/ui/RelativeTime';
import { toastUndo } from '@/ui/toast';
import { FaultList } from './Banners';
import { ChangeList } from './ChangeList';
import { faultsIn, isStale, undoSave, useRevision, useRevisions, useSaving, useText } from './data';
import type { Desk } from './desk';

const Diff = lazy(() => import('./TomlEditor').then(({ TomlDiff }) => ({ default: TomlDiff })));

export function History({ desk, onClose }: { desk: Desk; onClose: () => void }) {
  const { whyNot, draft, view } = desk;
  const list = useRevisions();
  const { restore, reread } = useSaving();
  const [open, setOpen] = useState<string>();
  const why = whyNot ?? (draft ? t.settings.saveFirst : undefined);
  const bringBack = (id: string) =>
    restore.mutate(
      { id, etag: view.etag },
      {
        onSuccess: ({ etag }) => {
          onClose();
          toastUndo({
            id: `settings-${etag}`,
            message: t.settings.restored,
            undo: () => undoSave(etag).then(reread),
            undone: t.settings.takenBack,
          });
        },
        onError: (error) => {
          if (isStale(error)) void reread();
        },
      },
    );
  const revisions = list.data?.revisions ?? [];
  return (
    <Modal
      opened
      size="xl"
      onClose={onClose}
      title={t.settings.historyTitle}
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      {list.isError && !list.data && <ErrorNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton h={200} aria-busy="true" />}
      {list.data && revisions.length === 0 && (
        <EmptyState icon={IconRestore} title={t.settings.historyEmpty} />
      )}
      {restore.isError && (
        <>
          <ErrorNote error={restore.error} />
          <FaultList faults={faultsIn(restore.error)} toText={false} />
        </>
      )}
      <ol className="config-revisions">
        {revisions.map((revision) => (
          <Revision
            key={revision.id}
            revision={revision}
            why={why}
            busy={restore.isPending && restore.variables.id === revision.id}
            open={open === revision.id}
            onOpen={(opened) => setOpen(opened ? revision.id : undefined)}
            onRestore={() => bringBack(revision.id)}
          />
        ))}
      </ol>
    </Modal>
  );
}

interface RevisionProps {
  revision: ConfigRevision;
  why: string | undefined;
  busy: boolean;
  open: boolean;
  onOpen: (open: boolean) => void;
  onRestore: () => void;
}

function Revision({ revision, why, busy, open, onOpen, onRestore }: RevisionProps) {
  const { changes, replaced_at: at } = revision;
  return (
    <li className="config-revision">
      <div className="config-revision-head">
        <span>
          {t.settings.replaced} <RelativeTime at={at} />
          <span className="dimmed"> · {bytes(revision.bytes)}</span>
        </span>
        <span className="config-actions">
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            aria-expanded={open}
            onClick={() => onOpen(!open)}
          >
            {open ? t.settings.hideText : t.settings.showText}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconRestore size={15} aria-hidden />}
            loading={busy}
            onClick={onRestore}
            {...disabledBecause(why)}
          >
            {t.settings.restore}
          </Button>
        </span>
      </div>
      {changes.length > 0 ? (
        <ChangeList changes={changes} label={t.settings.wouldChange} />
      ) : (
        <p className="dimmed">{t.settings.sameSettings}</p>
      )}
      {open && <RevisionDiff id={revision.id} />}
    </li>
  );
}

function RevisionDiff({ id }: { id: string }) {
  const revision = useRevision(id);
  const text = useText(true);
  if (revision.isError) return <ErrorNote error={revision.error} onRetry={() => void revision.refetch()} />;
  if (!revision.data || !text.data) return <Skeleton h={160} aria-busy="true" />;
  return (
    <Suspense fallback={<Skeleton h={160} />}>
      <Diff label={t.settings.diffLabel} before={text.data.toml} after={revision.data.toml} />
    </Suspense>
  );
}
