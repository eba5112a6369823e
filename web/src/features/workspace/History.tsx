/** What a file was: its versions, what each changed, and the way back. */
import { Button, SegmentedControl, Skeleton } from '@mantine/core';
import { IconArrowLeft, IconHistory, IconRestore } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { WorkspaceVersion } from '@/api/types';
import { t } from '@/i18n';
import { bytes, count } from '@/i18n/format';
import { disabledBecause } from '@/ui/disabledBecause';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorNote } from '@/ui/ErrorNote';
import { ErrorState } from '@/ui/ErrorState';
import { Note } from '@/ui/Note';
import { RelativeTime } from '@/ui/RelativeTime';
import { StatusBadge } from '@/ui/StatusBadge';
import { toast, toastUndo } from '@/ui/toast';
import type { Go } from './address';
import { DiffLines } from './DiffLines';
import { restoreVersion, useDiff, useReread, useVersion, useVersions } from './data';
import { allNew, readDiff } from './diff.logic';

export interface HistoryProps {
  path: string;
  picked: number | undefined;
  go: Go;
  whyNot: string | undefined;
}

export function History({ path, picked, go, whyNot }: HistoryProps) {
  const list = useVersions(path);
  if (list.isError && !list.data)
    return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (list.isPending)
    return (
      <div className="ws-history" aria-busy="true" role="status" aria-label={t.common.loading}>
        <Skeleton h={280} m="md" />
      </div>
    );
  const versions = list.data.pages.flatMap((page) => page.versions);
  const newest = versions[0];
  if (!newest)
    return (
      <EmptyState icon={IconHistory} title={t.workspace.historyEmpty} body={t.workspace.historyEmptyBody} />
    );
  const at = Math.max(
    0,
    versions.findIndex((one) => one.version === picked),
  );
  const version = versions[at] ?? newest;
  return (
    <div className="ws-history" data-picked={picked !== undefined || undefined}>
      <div className="ws-versions">
        <ol aria-label={t.workspace.history}>
          {versions.map((one) => (
            <Version
              key={one.version}
              version={one}
              newest={one === newest}
              current={one === version}
              onPick={() => go({ version: one.version }, true)}
            />
          ))}
        </ol>
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
      </div>
      <Changes
        key={version.version}
        path={path}
        version={version}
        before={versions[at + 1]}
        newest={newest}
        go={go}
        whyNot={whyNot}
      />
    </div>
  );
}

interface VersionProps {
  version: WorkspaceVersion;
  newest: boolean;
  current: boolean;
  onPick: () => void;
}

const Version = ({ version, newest, current, onPick }: VersionProps) => (
  <li>
    <button type="button" className="ws-version" aria-current={current || undefined} onClick={onPick}>
      <span className="ws-version-head">
        <strong>{t.workspace.version(count(version.version))}</strong>
        {newest && <StatusBadge tone="info">{t.workspace.newest}</StatusBadge>}
      </span>
      <span className="ws-version-facts">
        {whatOf(version)} · <RelativeTime at={version.at} /> · {bytes(version.size)}
      </span>
    </button>
  </li>
);

function whatOf({ author, change, restored_from }: WorkspaceVersion) {
  const what = `${t.workspace.authors[author]} ${t.workspace.changes[change]}`;
  return restored_from ? `${what}, ${t.workspace.restoredFrom(count(restored_from))}` : what;
}

interface ChangesProps {
  path: string;
  version: WorkspaceVersion;
  before: WorkspaceVersion | undefined;
  newest: WorkspaceVersion;
  go: Go;
  whyNot: string | undefined;
}

function Changes({ path, version, before, newest, go, whyNot }: ChangesProps) {
  const [against, setAgainst] = useState<'before' | 'now'>('before');
  const reread = useReread();
  const isNewest = version === newest;
  const restore = useMutation({
    mutationFn: () => restoreVersion(path, version.version),
    meta: { quiet: true },
    onError: (error) => toast.failed(error),
    onSuccess: async (saved) => {
      go({ version: saved.version ?? undefined }, true);
      await reread();
      toastUndo({
        id: `version-${path}-${version.version}`,
        message: t.workspace.versionIsBack(count(version.version)),
        undo: () => restoreVersion(path, newest.version).then(reread),
        undone: t.workspace.restoreUndone,
      });
    },
  });
  return (
    <section className="ws-changes" aria-label={t.workspace.version(count(version.version))}>
      <div className="ws-changes-head">
        <Button
          className="ws-phone"
          size="compact-sm"
          variant="subtle"
          leftSection={<IconArrowLeft size={15} aria-hidden />}
          onClick={() => go({ version: undefined }, true)}
        >
          {t.workspace.history}
        </Button>
        <span className="dimmed ws-wide" aria-hidden>
          {t.workspace.compareWith}
        </span>
        <SegmentedControl
          size="xs"
          aria-label={t.workspace.compareWith}
          value={isNewest ? 'before' : against}
          onChange={(value) => setAgainst(value === 'now' ? 'now' : 'before')}
          data={[
            { value: 'before', label: t.workspace.withBefore },
            { value: 'now', label: t.workspace.withNow, disabled: isNewest },
          ]}
        />
        <span className="ws-grow" />
        {version.session_id && (
          <Link className="ws-link" to="/chat/$session" params={{ session: version.session_id }}>
            {t.workspace.openTurn}
          </Link>
        )}
        {!isNewest && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconRestore size={16} aria-hidden />}
            loading={restore.isPending}
            onClick={() => restore.mutate()}
            {...disabledBecause(whyNot)}
          >
            {t.workspace.restoreVersion}
          </Button>
        )}
      </div>
      {against === 'before' && !before ? (
        <Whole path={path} version={version.version} />
      ) : (
        <Compared
          path={path}
          from={against === 'before' ? (before?.version ?? version.version) : version.version}
          to={against === 'before' ? version.version : undefined}
        />
      )}
    </section>
  );
}

function Compared({ path, from, to }: { path: string; from: number; to: number | undefined }) {
  const diff = useDiff(path, from, to);
  if (diff.isPending) return <Skeleton h={200} aria-busy="true" />;
  if (diff.isError) return <NoDiff error={diff.error} retry={() => void diff.refetch()} />;
  if (diff.data.diff === '') return <p className="ws-remark">{t.workspace.noDifference}</p>;
  return (
    <>
      <DiffLines lines={readDiff(diff.data.diff)} />
      {diff.data.truncated && <p className="ws-remark">{t.workspace.diffCut}</p>}
    </>
  );
}

/** The oldest version that is kept: all of it. */
function Whole({ path, version }: { path: string; version: number }) {
  const read = useVersion(path, version, true);
  if (read.isPending) return <Skeleton h={200} aria-busy="true" />;
  if (read.isError) return <NoDiff error={read.error} retry={() => void read.refetch()} />;
  const text = read.data.content;
  if (text === null || text === undefined) return <Note>{t.workspace.noText}</Note>;
  return text === '' ? (
    <p className="ws-remark">{t.workspace.emptyFile}</p>
  ) : (
    <DiffLines lines={allNew(text)} />
  );
}

/** 422: one of the two is no text, and trying again changes nothing. */
function NoDiff({ error, retry }: { error: unknown; retry: () => void }) {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return status === 422 ? <Note>{t.workspace.noText}</Note> : <ErrorNote error={error} onRetry={retry} />;
}
