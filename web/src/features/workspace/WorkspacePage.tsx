/** The agent's files: found on the left, read and changed on the right. */
import './workspace.css';
import { ActionIcon, SegmentedControl } from '@mantine/core';
import { IconFilePlus, IconFolderPlus, IconSearch, IconUpload } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useWhyNot } from '@/app/can';
import { useCommands } from '@/app/commands';
import { ReadOnlyNote } from '@/app/ReadOnlyNote';
import { t } from '@/i18n';
import { disabledBecause } from '@/ui/disabledBecause';
import { ErrorState } from '@/ui/ErrorState';
import { tip } from '@/ui/Tips';
import { useTitle } from '@/ui/useTitle';
import { useActions } from './actions';
import { useAddress } from './address';
import { makeFolder, useReread, useTop, write } from './data';
import { chosen, type Dropped, filesOf, isFiles } from './drop';
import { FilePane } from './FilePane';
import { showPath } from './openFolders';
import { PathDialog } from './PathDialog';
import { folderOf, join, nameOf } from './paths.logic';
import type { Panel } from './query.logic';
import { SearchPanel } from './SearchPanel';
import { StartFiles } from './StartFiles';
import { TrashPanel } from './TrashPanel';
import { Tree } from './Tree';
import { UploadList } from './UploadList';
import { onUploaded, startUploads } from './uploads';
import { targetOf } from './uploads.logic';
import { Waiting } from './Waiting';

type Asked = { for: 'file' | 'folder'; folder: string } | { for: 'move'; path: string };

export default function WorkspacePage() {
  const { query, go } = useAddress();
  const { file, panel } = query;
  const whyNot = useWhyNot('chat');
  const reread = useReread();
  const actions = useActions({ file, open: (path) => go({ file: path }, true) });
  const [asked, setAsked] = useState<Asked>();
  const search = useRef<HTMLInputElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const into = useRef('');
  useTitle(file === undefined ? t.workspace.title : `${nameOf(file)} · ${t.workspace.title}`);

  // The file that is open is what the page is about.
  const Heading = file === undefined ? 'h1' : 'h2';
  const here = file === undefined ? '' : folderOf(file);
  const ask = (kind: 'file' | 'folder', folder: string) => setAsked({ for: kind, folder });
  const take = (folder: string, files: readonly Dropped[]) =>
    startUploads(files.map(({ file, path }) => ({ file, path: targetOf(folder, path) })));
  const pick = (folder: string) => {
    into.current = folder;
    picker.current?.click();
  };
  const rereadNow = useRef(reread);
  rereadNow.current = reread;
  useEffect(
    () =>
      onUploaded((path) => {
        showPath(path);
        void rereadNow.current();
      }),
    [],
  );
  const toSearch = () => {
    go({
      panel: 'search',
      ...(window.matchMedia('(max-width: 47.99em)').matches ? { file: undefined } : {}),
    });
    requestAnimationFrame(() => search.current?.focus());
  };
  useCommands([
    {
      id: 'files-search',
      label: t.workspace.searchLabel,
      icon: IconSearch,
      keys: '/',
      group: 'page',
      run: toSearch,
    },
    ...(whyNot === undefined
      ? [
          {
            id: 'file-new',
            label: t.workspace.newFile,
            icon: IconFilePlus,
            keys: 'shift+n',
            group: 'page' as const,
            run: () => ask('file', here),
          },
          {
            id: 'folder-new',
            label: t.workspace.newFolder,
            icon: IconFolderPlus,
            group: 'page' as const,
            run: () => ask('folder', here),
          },
          {
            id: 'file-upload',
            label: t.workspace.upload,
            icon: IconUpload,
            keys: 'u',
            group: 'page' as const,
            run: () => pick(here),
          },
        ]
      : []),
  ]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is dropped here is also taken by the upload's button
    <div
      className="ws"
      data-file={file !== undefined || undefined}
      // What is dropped beside the list must not replace the page.
      onDragOver={(event) => {
        if (isFiles(event.dataTransfer)) event.preventDefault();
      }}
      onDrop={(event) => {
        if (event.defaultPrevented || !isFiles(event.dataTransfer)) return;
        event.preventDefault();
        if (!whyNot) void filesOf(event.dataTransfer).then((files) => take(here, files));
      }}
    >
      <aside className="ws-side">
        <div className="ws-side-head">
          <Heading className="ws-heading">{t.workspace.title}</Heading>
          <ActionIcon
            variant="subtle"
            color="gray"
            {...tip(t.workspace.newFile, 'shift+n')}
            onClick={() => ask('file', here)}
            {...disabledBecause(whyNot)}
          >
            <IconFilePlus size={19} stroke={1.7} aria-hidden />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            {...tip(t.workspace.newFolder)}
            onClick={() => ask('folder', here)}
            {...disabledBecause(whyNot)}
          >
            <IconFolderPlus size={19} stroke={1.7} aria-hidden />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            {...tip(t.workspace.upload, 'u')}
            onClick={() => pick(here)}
            {...disabledBecause(whyNot)}
          >
            <IconUpload size={19} stroke={1.7} aria-hidden />
          </ActionIcon>
        </div>
        <div className="ws-tabs">
          <SegmentedControl
            fullWidth
            size="xs"
            aria-label={t.workspace.panels}
            value={panel ?? 'files'}
            onChange={(value) => go({ panel: value === 'files' ? undefined : (value as Panel) }, true)}
            data={[
              { value: 'files', label: t.workspace.files },
              { value: 'search', label: t.workspace.search },
              { value: 'trash', label: t.workspace.trash },
            ]}
          />
        </div>
        <ReadOnlyNote scope="chat" />
        <div className="ws-panel">
          {panel === 'search' && <SearchPanel query={query} go={go} input={search} />}
          {panel === 'trash' && <TrashPanel whyNot={whyNot} />}
          {panel === undefined && (
            <Files>
              <Tree
                file={file}
                whyNot={whyNot}
                onOpen={(path) => go({ file: path })}
                onRename={(path) => setAsked({ for: 'move', path })}
                onDelete={(path) => void actions.trash(path)}
                onMove={(from, to) => void actions.moveOver(from, to)}
                onNew={ask}
                onUpload={pick}
                onFiles={take}
              />
            </Files>
          )}
        </div>
        <UploadList />
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          aria-label={t.workspace.upload}
          onChange={(event) => {
            take(into.current, chosen(event.currentTarget.files ?? []));
            event.currentTarget.value = '';
          }}
        />
      </aside>
      <div className="ws-main">
        {file === undefined ? (
          <StartFiles go={go} whyNot={whyNot} />
        ) : (
          <FilePane
            key={file}
            path={file}
            query={query}
            go={go}
            whyNot={whyNot}
            actions={actions}
            onRename={(path) => setAsked({ for: 'move', path })}
          />
        )}
      </div>
      {asked && (
        <PathDialog
          {...dialogOf(asked)}
          run={async (path) => {
            if (asked.for === 'move') return actions.moveTo(asked.path, path);
            if (asked.for === 'folder') await makeFolder(path);
            else await write(path, '', null);
            showPath(asked.for === 'folder' ? join(path, 'x') : path);
            await reread();
            if (asked.for === 'file') go({ file: path });
          }}
          onClose={() => setAsked(undefined)}
        />
      )}
    </div>
  );
}

const dialogOf = (asked: Asked) =>
  asked.for === 'move'
    ? { title: t.workspace.rename, confirm: t.workspace.moveDo, value: asked.path }
    : {
        title: asked.for === 'file' ? t.workspace.newFile : t.workspace.newFolder,
        confirm: t.workspace.create,
        value: asked.folder ? `${asked.folder}/` : '',
      };

/** The tree, once the top is known. */
function Files({ children }: { children: React.ReactNode }) {
  const top = useTop();
  if (top.isError && !top.data) return <ErrorState error={top.error} onRetry={() => void top.refetch()} />;
  if (top.isPending) return <Waiting lines={[54, 70, 46, 62]} />;
  return children;
}
