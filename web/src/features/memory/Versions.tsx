/** Every state a memory was in, with what changed, and the way back to it. */
import { Button, Modal, Skeleton } from '@mantine/core';
import { IconRestore } from '@tabler/icons-react';
import type { MemoryVersion } from '@/api/types';
import { t } from '@/i18n';
import { count } from '@/i18n/format';
import { disabledBecause } from '@/ui/disabledBecause';
import { ErrorNote } from '@/ui/ErrorNote';
import { RelativeTime } from '@/ui/RelativeTime';
import { StatusBadge } from '@/ui/StatusBadge';
import { toast } from '@/ui/toast';
import { useMemoryActions, useVersions } from './data';
import { diffWords } from './diff.logic';
import { categoryName } from './words';

interface VersionsProps {
  memoryKey: string;
  present: number;
  whyNot: string | undefined;
  onClose: () => void;
}

export function Versions({ memoryKey, present, whyNot, onClose }: VersionsProps) {
  const list = useVersions(memoryKey);
  const { restore } = useMemoryActions();
  const versions = list.data?.pages.flatMap((page) => page.versions) ?? [];
  const bringBack = (version: number) =>
    restore.mutate(
      { key: memoryKey, version },
      {
        onSuccess: () => toast.done(t.memory.broughtBack(count(version))),
        onError: (error) => toast.failed(error),
      },
    );
  return (
    <Modal
      opened
      size="xl"
      onClose={onClose}
      title={t.memory.versionsTitle(memoryKey)}
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      {list.isError && !list.data && <ErrorNote error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton h={160} aria-busy="true" />}
      <ol className="versions">
        {versions.map((version, place) => (
          <Version
            key={version.version}
            version={version}
            before={versions[place + 1]}
            present={version.version === present}
            action={
              version.version !== present && (
                <Button
                  size="compact-sm"
                  variant="default"
                  leftSection={<IconRestore size={15} aria-hidden />}
                  loading={restore.isPending && restore.variables?.version === version.version}
                  onClick={() => bringBack(version.version)}
                  {...disabledBecause(whyNot)}
                >
                  {t.memory.bringBack}
                </Button>
              )
            }
          />
        ))}
      </ol>
      {list.hasNextPage && (
        <Button
          variant="default"
          className="memory-more"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t.memory.olderVersions}
        </Button>
      )}
    </Modal>
  );
}

interface VersionProps {
  version: MemoryVersion;
  before: MemoryVersion | undefined;
  present: boolean;
  action: React.ReactNode;
}

function Version({ version, before, present, action }: VersionProps) {
  const pieces = before
    ? diffWords(before.content, version.content)
    : [{ text: version.content, change: 'same' as const }];
  const renamed = before && before.key !== version.key;
  const moved = before && before.category !== version.category;
  return (
    <li className="version">
      <div className="version-head">
        <span className="version-title">
          <strong>{t.memory.version(count(version.version))}</strong>
          {present && <StatusBadge tone="info">{t.memory.present}</StatusBadge>}
        </span>
        <span className="dimmed">
          {t.memory.changes[version.change]} {t.memory.by[version.author]} · <RelativeTime at={version.at} />
          {renamed && ` · ${t.memory.renamedFrom(version.key)}`}
          {moved && ` · ${t.memory.inCategory(categoryName(version.category))}`}
        </span>
        {action}
      </div>
      <div className="version-text">
        {pieces.map(({ text, change }, place) => {
          if (change === 'same') return text;
          const Tag = change === 'added' ? 'ins' : 'del';
          // biome-ignore lint/suspicious/noArrayIndexKey: a version never changes
          return <Tag key={place}>{text}</Tag>;
        })}
      </div>
    </li>
  );
}
