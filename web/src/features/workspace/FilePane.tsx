/** The file that is open: its text to be changed, to be read, and what it was before. */
import { Button, Skeleton } from '@mantine/core';
import { IconFileOff } from '@tabler/icons-react';
import { lazy, Suspense, useEffect } from 'react';
import type { WorkspaceFile } from '@/api/types';
import { useCommands } from '@/app/commands';
import { t } from '@/i18n';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { Note } from '@/ui/Note';
import type { useActions } from './actions';
import type { Go } from './address';
import { useFile } from './data';
import { useDraft } from './drafts';
import { FileHead } from './FileHead';
import { isEditable, type Standing, standingOf } from './file.logic';
import { History } from './History';
import { NoText } from './NoText';
import { openFolder, showPath } from './openFolders';
import type { WorkspaceQuery } from './query.logic';
import { discardDraft, useSaving } from './saving';
import { TextPane } from './TextPane';
import { Waiting } from './Waiting';

const Markdown = lazy(async () => ({ default: (await import('@/ui/markdown/Markdown')).Markdown }));

export interface FilePaneProps {
  path: string;
  query: WorkspaceQuery;
  go: Go;
  whyNot: string | undefined;
  actions: ReturnType<typeof useActions>;
  onRename: (path: string) => void;
}

export function FilePane(props: FilePaneProps) {
  const { path, query, go, whyNot } = props;
  const file = useFile(path);
  const draft = useDraft(path);
  const saving = useSaving(path);
  const there = file.data && file.data !== 'folder' ? file.data : undefined;
  const standing = file.isSuccess || draft?.base === null ? standingOf(draft, there) : 'same';
  const canSave = !whyNot && draft !== undefined && standing !== 'same';
  const save = () => {
    if (!canSave || !draft || saving.isPending) return;
    // In a conflict the newer text has been seen: it is beside this one.
    saving.mutate({ text: draft.text, base: there?.etag ?? null });
  };
  useCommands([
    { id: 'file-save', label: t.common.save, keys: 'mod+s', group: 'page', always: true, run: save },
  ]);
  useEffect(() => {
    if (file.data !== 'folder') return;
    showPath(`${path}/x`);
    openFolder(path);
    go({ file: undefined }, true);
  }, [file.data, path, go]);
  return (
    <section className="ws-file" aria-label={path}>
      <FileHead
        {...props}
        file={there}
        standing={standing}
        saving={saving.isPending}
        onSave={save}
        onDiscard={() => discardDraft(path)}
      />
      <div className="ws-body">
        {query.view === 'history' ? (
          <History path={path} picked={query.version} go={go} whyNot={whyNot} />
        ) : (
          <Content
            {...props}
            read={file}
            file={there}
            standing={standing}
            busy={saving.isPending}
            onSave={(text, base) => saving.mutate({ text, base })}
          />
        )}
      </div>
    </section>
  );
}

interface ContentProps extends FilePaneProps {
  read: ReturnType<typeof useFile>;
  file: WorkspaceFile | undefined;
  standing: Standing;
  busy: boolean;
  onSave: (text: string, base: string | null) => void;
}

function Content(props: ContentProps) {
  const { path, query, go, whyNot, read, file, standing, busy, onSave } = props;
  const draft = useDraft(path);
  if (read.isError && !file) return <ErrorState error={read.error} onRetry={() => void read.refetch()} />;
  if (read.isPending || read.data === 'folder') return <Waiting lines={[62, 88, 74, 40, 81, 55]} />;
  if (!file && !draft)
    return (
      <EmptyState
        icon={IconFileOff}
        title={t.workspace.missingTitle}
        body={t.workspace.missingBody(path)}
        action={{ label: t.workspace.missingHistory, onClick: () => go({ view: 'history' }) }}
        other={{ label: t.workspace.close, onClick: () => go({ file: undefined }) }}
      />
    );
  if (file && file.kind !== 'text') return <NoText file={file} />;
  const text = draft?.text ?? file?.content ?? '';
  const fixed = whyNot !== undefined || (file !== undefined && !isEditable(file));
  return (
    <>
      {standing === 'conflict' && draft && file && (
        <div className="ws-note">
          <Note
            tone="warn"
            role="alert"
            title={t.workspace.conflictTitle}
            actions={
              <>
                <Button size="compact-sm" variant="default" onClick={() => discardDraft(path)}>
                  {t.workspace.takeTheirs}
                </Button>
                <Button
                  size="compact-sm"
                  loading={busy}
                  onClick={() => onSave(draft.text, file.etag ?? null)}
                >
                  {t.workspace.keepMine}
                </Button>
              </>
            }
          >
            {t.workspace.conflictBody}
          </Note>
        </div>
      )}
      {standing === 'gone' && (
        <div className="ws-note">
          <Note tone="warn" role="alert" title={t.workspace.goneTitle}>
            {t.workspace.goneBody}
          </Note>
        </div>
      )}
      {file && !file.utf8 && (
        <div className="ws-note">
          <Note>{t.workspace.otherEncoding}</Note>
        </div>
      )}
      {query.view === 'preview' ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <div className="ws-preview" role="region" aria-label={t.workspace.preview} tabIndex={0}>
          <Suspense fallback={<Skeleton h={200} />}>
            <div className="md">
              <Markdown text={text} growing={false} />
            </div>
          </Suspense>
        </div>
      ) : (
        <TextPane
          path={path}
          text={text}
          file={file}
          theirs={standing === 'conflict' ? (file?.content ?? undefined) : undefined}
          fixed={fixed}
          line={query.line}
        />
      )}
    </>
  );
}
