/** The files as a tree: walked by arrows, opened by Enter, renamed by F2, deleted by Del, moved by dragging. */
import {
  IconChevronRight,
  IconDots,
  IconFile,
  IconFileText,
  IconFolder,
  IconFolderOpen,
  IconPhoto,
} from '@tabler/icons-react';
import { type DragEvent, type KeyboardEvent, memo, type RefObject, useEffect, useRef, useState } from 'react';
import { downloadUrl } from '@/api/upload';
import { t } from '@/i18n';
import { count } from '@/i18n/format';
import { ActionMenu, type MenuEntry } from '@/ui/ActionMenu';
import { copyText } from '@/ui/copy';
import { tip } from '@/ui/Tips';
import { toast } from '@/ui/toast';
import { useFolders } from './data';
import { useDraftPaths } from './drafts';
import { type Dropped, filesOf, isFiles } from './drop';
import { FileLink } from './FileLink';
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
  /** What is dragged comes from the computer. */
  const [coming, setComing] = useState(false);
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
    // What has the focus is meant, however it came by it.
    const row = rowAt(rows, event.target);
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isMenu(event.target)) return;
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
  /** The folder that a drop at this place goes into. */
  const folderAt = (target: EventTarget): string => {
    const row = rowAt(rows, target);
    return row ? (row.kind === 'folder' ? row.path : folderOf(row.path)) : '';
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    event.stopPropagation();
    setOver(undefined);
    if (whyNot) return;
    const folder = folderAt(event.target);
    const path = event.dataTransfer.getData(DRAGGED);
    if (path) {
      const to = join(folder, nameOf(path));
      if (to !== path && !isWithin(folder, path)) onMove(path, to);
    } else void filesOf(event.dataTransfer).then((files) => onFiles(folder, files));
  };
  const onDragOver = (event: DragEvent) => {
    if (whyNot || !(isFiles(event.dataTransfer) || event.dataTransfer.types.includes(DRAGGED))) return;
    event.preventDefault();
    event.stopPropagation();
    event.dataTransfer.dropEffect = isFiles(event.dataTransfer) ? 'copy' : 'move';
    setOver(folderAt(event.target));
    setComing(isFiles(event.dataTransfer));
  };
  const now = useRef(props);
  now.current = props;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is dropped here is also taken by the upload's button
    <div
      className="ws-tree-box"
      data-over={over === '' || undefined}
      onDragOver={onDragOver}
      onDrop={onDrop}
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
        onClick={(event) => {
          const row = isMenu(event.target) ? undefined : rowAt(rows, event.target);
          if (row) activate(row);
        }}
        onDragStart={(event) => {
          const row = rowAt(rows, event.target);
          if (!row) return;
          event.dataTransfer.setData(DRAGGED, row.path);
          event.dataTransfer.effectAllowed = 'move';
        }}
        onDragEnd={() => setOver(undefined)}
        onFocus={(event) => {
          held.current = true;
          const row = rowAt(rows, event.target);
          if (row) setAt(row.path);
        }}
        onBlur={(event) => {
          // A row that is taken away leaves no trace of where the focus went.
          if (event.relatedTarget) held.current = event.currentTarget.contains(event.relatedTarget);
        }}
      >
        {rows.map((row) => (
          <TreeRow
            key={row.path}
            path={row.path}
            name={row.name}
            kind={row.kind}
            level={row.level}
            open={row.open}
            place={row.place}
            beside={row.beside}
            selected={row.path === file}
            focusable={row.path === focusable}
            unsaved={drafts.includes(row.path)}
            over={over !== undefined && over !== '' && isWithin(row.path, over)}
            fixed={whyNot !== undefined}
            tree={now}
          />
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
      {drafts.length > 0 && (
        <div className="ws-drafts">
          <p>{t.workspace.unsavedFiles(drafts.length)}</p>
          <ul>
            {drafts.map((path) => (
              <li key={path}>
                <FileLink path={path} className="ws-link">
                  {path}
                </FileLink>
              </li>
            ))}
          </ul>
        </div>
      )}
      {over !== undefined && coming && (
        <p className="ws-coming" aria-hidden>
          {over ? t.workspace.uploadHere(over) : t.workspace.dropHere}
        </p>
      )}
      {reading.size > 0 && <span className="hidden-words">{t.common.loading}</span>}
    </div>
  );
}

const isMenu = (target: EventTarget) =>
  target instanceof Element && target.closest('[role="menu"], .ws-row-menu') !== null;

function rowAt(rows: readonly Row[], target: EventTarget): Row | undefined {
  const path = target instanceof Element ? target.closest<HTMLElement>('.ws-row')?.dataset.path : undefined;
  return path === undefined ? undefined : rows.find((row) => row.path === path);
}

type Shown = Pick<Row, 'path' | 'name' | 'kind'>;

interface TreeRowProps extends Shown {
  level: number;
  open: boolean;
  place: number;
  beside: number;
  selected: boolean;
  focusable: boolean;
  unsaved: boolean;
  over: boolean;
  fixed: boolean;
  /** What the tree was given last: a row is not drawn again when that changes. */
  tree: RefObject<TreeProps>;
}

/** The tree reads the keys and clicks for all its rows, so that thousands of them cost little. */
const TreeRow = memo(function TreeRow(row: TreeRowProps) {
  const { path, name, kind, level, open, unsaved } = row;
  return (
    <div
      role="treeitem"
      aria-level={level}
      aria-posinset={row.place}
      aria-setsize={row.beside}
      aria-expanded={kind === 'folder' ? open : undefined}
      aria-selected={row.selected}
      aria-label={unsaved ? `${name}, ${t.workspace.unsaved}` : name}
      tabIndex={row.focusable ? 0 : -1}
      data-path={path}
      data-level={Math.min(level, 12)}
      data-over={row.over || undefined}
      className="ws-row"
      draggable={!row.fixed}
    >
      <span className="ws-twist" aria-hidden>
        {kind === 'folder' && <IconChevronRight size={14} stroke={2} />}
      </span>
      <Picture path={path} kind={kind} open={open} />
      <span className="ws-name">{name}</span>
      {unsaved && <span className="ws-unsaved" data-tip={t.workspace.unsaved} />}
      <span className="ws-row-menu">
        <ActionMenu
          label={t.workspace.actions(name)}
          entries={() => entriesOf(row, row.tree.current)}
          trigger={(given) => (
            <button
              {...given}
              type="button"
              className="ws-dots"
              tabIndex={row.focusable ? 0 : -1}
              {...tip(t.workspace.actions(name))}
            >
              <IconDots size={17} aria-hidden />
            </button>
          )}
        />
      </span>
    </div>
  );
});

function focusRow(box: HTMLElement | null, path: string) {
  requestAnimationFrame(() => {
    const row = box?.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`);
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: 'nearest' });
  });
}

function Picture({ path, kind, open }: Pick<Row, 'path' | 'kind' | 'open'>) {
  const Icon =
    kind === 'folder'
      ? open
        ? IconFolderOpen
        : IconFolder
      : isMarkdown(path)
        ? IconFileText
        : /\.(png|jpe?g|gif|webp|avif|svg)$/i.test(path)
          ? IconPhoto
          : IconFile;
  return <Icon className="ws-icon" size={17} stroke={1.7} data-kind={kind} aria-hidden />;
}

const entriesOf = (row: Shown, props: TreeProps): MenuEntry[] => {
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
