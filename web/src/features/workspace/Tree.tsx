/** The files as a tree: walked by arrows, opened by Enter, renamed by F2, deleted by Del, moved by dragging. */
import {
  IconChevronRight,
  IconFile,
  IconFileText,
  IconFolder,
  IconFolderOpen,
  IconPhoto,
} from '@tabler/icons-react';
import { type DragEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { downloadUrl } from '@/api/upload';
import { t } from '@/i18n';
import { count } from '@/i18n/format';
import { ActionMenu, type MenuEntry } from '@/ui/ActionMenu';
import { copyText } from '@/ui/copy';
import { toast } from '@/ui/toast';
import { useFolders } from './data';
import { useDraftPaths } from './drafts';
import { type Dropped, filesOf, isFiles } from './drop';
import { closeFolder, openFolder, showPath, useOpenFolders } from './openFolders';
import { folderOf, isMarkdown, isWithin, join, nameOf } from './paths.logic';
import { afterGone, type Row, rowsOf, stepOf, typeAhead } from './tree.logic';

const DRAGGED = 'application/x-clawgate-path';
const TYPE_MS = 700;

export interface TreeProps {
  file: string | undefined;
  whyNot: string | undefined;
  onOpen: (path: string) => void;
  onRename: (path: string) => void;
  onDelete: (path: string) => void;
  onMove: (from: string, to: string) => void;
  onNew: (kind: 'file' | 'folder', folder: string) => void;
  onUpload: (folder: string) => void;
  onFiles: (folder: string, files: readonly Dropped[]) => void;
}

export function Tree(props: TreeProps) {
  const { file, whyNot, onOpen, onRename, onDelete, onMove, onFiles } = props;
  const open = useOpenFolders();
  const { folders, reading } = useFolders(open);
  const rows = rowsOf(folders, new Set(open));
  const drafts = useDraftPaths();
  const [at, setAt] = useState(file);
  const [over, setOver] = useState<string>();
  const typed = useRef({ text: '', at: 0 });
  const box = useRef<HTMLDivElement>(null);
  const before = useRef(rows);
  const held = useRef(false);

  useEffect(() => {
    if (file === undefined) return;
    showPath(file);
    setAt(file);
  }, [file]);

  const known = rows.some((row) => row.path === at);
  const focusable = known ? at : rows[0]?.path;
  useEffect(() => {
    // The row that had the focus is gone: the one that took its place gets it.
    if (at !== undefined && !known && before.current.some((row) => row.path === at)) {
      const next = afterGone(before.current, at);
      setAt(next);
      if (held.current && next !== undefined) focusRow(box.current, next);
    }
    before.current = rows;
  });

  const go = (path: string) => {
    setAt(path);
    focusRow(box.current, path);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows.find((one) => one.path === focusable);
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!(event.target instanceof HTMLElement) || event.target.closest('[role="menu"], .ws-row-menu')) return;
    const step = stepOf(event.key, rows, row.path);
    if (step) {
      event.preventDefault();
      if ('to' in step) go(step.to);
      else if ('open' in step) openFolder(step.open);
      else closeFolder(step.close);
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      activate(row);
    } else if (event.key === 'F2' && !whyNot) {
      event.preventDefault();
      onRename(row.path);
    } else if (event.key === 'Delete' && !whyNot) {
      event.preventDefault();
      onDelete(row.path);
    } else if (event.key.length === 1) {
      event.preventDefault();
      const { text, at: last } = typed.current;
      const next = (event.timeStamp - last < TYPE_MS ? text : '') + event.key;
      typed.current = { text: next, at: event.timeStamp };
      const found = typeAhead(next, rows, row.path);
      if (found) go(found);
    }
  };
  const activate = (row: Row) => {
    setAt(row.path);
    if (row.kind === 'file') onOpen(row.path);
    else if (row.open) closeFolder(row.path);
    else openFolder(row.path);
  };
  const dropped = (event: DragEvent, folder: string) => {
    event.preventDefault();
    event.stopPropagation();
    setOver(undefined);
    if (whyNot) return;
    const path = event.dataTransfer.getData(DRAGGED);
    if (path) {
      const to = join(folder, nameOf(path));
      if (to !== path && !isWithin(folder, path)) onMove(path, to);
    } else void filesOf(event.dataTransfer).then((files) => onFiles(folder, files));
  };
  const drag = (folder: string) => ({
    onDragOver: (event: DragEvent) => {
      if (whyNot || !(isFiles(event.dataTransfer) || event.dataTransfer.types.includes(DRAGGED))) return;
      event.preventDefault();
      event.stopPropagation();
      event.dataTransfer.dropEffect = isFiles(event.dataTransfer) ? 'copy' : 'move';
      if (over !== folder) setOver(folder);
    },
    onDrop: (event: DragEvent) => dropped(event, folder),
  });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is dropped here is also taken by the upload's button
    <div
      className="ws-tree-box"
      data-over={over === '' || undefined}
      {...drag('')}
      onDragLeave={(event) => {
        if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget)))
          setOver(undefined);
      }}
    >
      <div
        ref={box}
        role="tree"
        aria-label={t.workspace.tree}
        className="ws-tree"
        onKeyDown={onKeyDown}
        onFocus={() => {
          held.current = true;
        }}
        onBlur={(event) => {
          // A row that is taken away leaves no trace of where the focus went.
          if (event.relatedTarget) held.current = event.currentTarget.contains(event.relatedTarget);
        }}
      >
        {rows.map((row) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the tree reads the keys for all its rows
          <div
            key={row.path}
            role="treeitem"
            aria-level={row.level}
            aria-posinset={row.place}
            aria-setsize={row.beside}
            aria-expanded={row.kind === 'folder' ? row.open : undefined}
            aria-selected={row.path === file}
            aria-label={drafts.includes(row.path) ? `${row.name}, ${t.workspace.unsaved}` : row.name}
            tabIndex={row.path === focusable ? 0 : -1}
            data-path={row.path}
            data-level={Math.min(row.level, 12)}
            data-over={over !== undefined && over !== '' && isWithin(row.path, over) ? true : undefined}
            className="ws-row"
            draggable={!whyNot}
            onDragStart={(event) => {
              event.dataTransfer.setData(DRAGGED, row.path);
              event.dataTransfer.effectAllowed = 'move';
            }}
            onDragEnd={() => setOver(undefined)}
            onClick={(event) => {
              if (event.target instanceof Element && event.target.closest('.ws-row-menu')) return;
              activate(row);
            }}
            {...drag(row.kind === 'folder' ? row.path : folderOf(row.path))}
          >
            <span className="ws-twist" aria-hidden>
              {row.kind === 'folder' && <IconChevronRight size={14} stroke={2} />}
            </span>
            <Picture row={row} />
            <span className="ws-name">{row.name}</span>
            {drafts.includes(row.path) && <span className="ws-unsaved" data-tip={t.workspace.unsaved} />}
            <span className="ws-row-menu">
              <ActionMenu label={t.workspace.actions(row.name)} entries={() => entriesOf(row, props)} />
            </span>
          </div>
        ))}
      </div>
      {open.map((path) => {
        const folder = folders.get(path);
        return folder && folder.total > folder.entries.length ? (
          <p key={path} className="ws-remark">
            {path}: {t.workspace.moreEntries(count(folder.entries.length), count(folder.total))}
          </p>
        ) : null;
      })}
      {reading.size > 0 && <span className="hidden-words">{t.common.loading}</span>}
    </div>
  );
}

function focusRow(box: HTMLElement | null, path: string) {
  requestAnimationFrame(() => {
    const row = box?.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`);
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: 'nearest' });
  });
}

function Picture({ row }: { row: Row }) {
  const Icon =
    row.kind === 'folder'
      ? row.open
        ? IconFolderOpen
        : IconFolder
      : isMarkdown(row.path)
        ? IconFileText
        : /\.(png|jpe?g|gif|webp|avif|svg)$/i.test(row.path)
          ? IconPhoto
          : IconFile;
  return <Icon className="ws-icon" size={17} stroke={1.7} data-kind={row.kind} aria-hidden />;
}

const entriesOf = (row: Row, props: TreeProps): MenuEntry[] => {
  const why = props.whyNot;
  const folder = row.kind === 'folder';
  return [
    folder && {
      label: t.workspace.newFile,
      why,
      onSelect: () => props.onNew('file', row.path),
    },
    folder && { label: t.workspace.newFolder, why, onSelect: () => props.onNew('folder', row.path) },
    folder && { label: t.workspace.upload, why, onSelect: () => props.onUpload(row.path) },
    folder && 'line',
    { label: t.workspace.rename, keys: 'F2', why, onSelect: () => props.onRename(row.path) },
    !folder && { label: t.workspace.download, href: downloadUrl(row.path), download: true },
    {
      label: t.workspace.copyPath,
      onSelect: () =>
        void copyText(row.path).then((copied) =>
          copied ? toast.done(t.workspace.pathCopied) : toast.note(t.common.copyFailed),
        ),
    },
    'line',
    { label: t.common.delete, keys: 'Del', danger: true, why, onSelect: () => props.onDelete(row.path) },
  ];
};
