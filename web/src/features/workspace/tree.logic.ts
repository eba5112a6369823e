/** The tree as it is shown: one row after the other, and where a key leads from each. */
import type { WorkspaceEntry } from '@/api/types';
import { folderOf } from './paths.logic';

export interface Row {
  path: string;
  name: string;
  kind: 'file' | 'folder';
  /** From 1. */
  level: number;
  open: boolean;
  /** Its place among those beside it, from 1, and how many these are. */
  place: number;
  beside: number;
  entry?: WorkspaceEntry;
}

/** What is in a folder, as far as it is known. */
export interface Folder {
  entries: readonly WorkspaceEntry[];
  total: number;
}

/** Every row from the top down; a folder that is open and not read yet has none below it. */
export function rowsOf(
  folders: ReadonlyMap<string, Folder>,
  open: ReadonlySet<string>,
  folder = '',
  level = 1,
): Row[] {
  const entries = folders.get(folder)?.entries ?? [];
  return entries.flatMap((entry, at) => {
    const isOpen = entry.kind === 'folder' && open.has(entry.path);
    const row: Row = {
      path: entry.path,
      name: entry.name,
      kind: entry.kind,
      level,
      open: isOpen,
      place: at + 1,
      beside: entries.length,
      entry,
    };
    return isOpen ? [row, ...rowsOf(folders, open, entry.path, level + 1)] : [row];
  });
}

export type Step = { to: string } | { open: string } | { close: string } | undefined;

/** Where a key leads in the tree: to another row, or to a folder that opens or closes. */
export function stepOf(key: string, rows: readonly Row[], at: string | undefined): Step {
  const place = Math.max(
    0,
    rows.findIndex((row) => row.path === at),
  );
  const row = rows[place];
  if (!row) return undefined;
  const to = (other: Row | undefined): Step => (other ? { to: other.path } : undefined);
  switch (key) {
    case 'ArrowDown':
      return to(rows[place + 1]);
    case 'ArrowUp':
      return to(rows[place - 1]);
    case 'Home':
      return to(rows[0]);
    case 'End':
      return to(rows.at(-1));
    case 'ArrowRight': {
      if (row.kind === 'file') return undefined;
      if (!row.open) return { open: row.path };
      const below = rows[place + 1];
      return below && folderOf(below.path) === row.path ? to(below) : undefined;
    }
    case 'ArrowLeft': {
      if (row.open) return { close: row.path };
      const around = folderOf(row.path);
      return around ? { to: around } : undefined;
    }
    default:
      return undefined;
  }
}

/** The next row whose name begins with what was typed. */
export function typeAhead(typed: string, rows: readonly Row[], at: string | undefined): string | undefined {
  const place = rows.findIndex((row) => row.path === at);
  const from = typed.length > 1 ? place : place + 1;
  const order = [...rows.slice(Math.max(from, 0)), ...rows.slice(0, Math.max(from, 0))];
  return order.find((row) => row.name.toLowerCase().startsWith(typed.toLowerCase()))?.path;
}

/** The row that takes the focus when one is gone: what stood below it, else above, else around. */
export function afterGone(rows: readonly Row[], gone: string): string | undefined {
  const left = rows.filter((row) => row.path === gone || !row.path.startsWith(`${gone}/`));
  const place = left.findIndex((row) => row.path === gone);
  return (left[place + 1] ?? left[place - 1])?.path;
}

/** Files by path for a list of those that were found: each with its lines. */
export function byFile<T extends { path: string }>(hits: readonly T[]): { path: string; hits: T[] }[] {
  const files = new Map<string, T[]>();
  for (const hit of hits) {
    const known = files.get(hit.path);
    if (known) known.push(hit);
    else files.set(hit.path, [hit]);
  }
  return [...files].map(([path, hits]) => ({ path, hits }));
}
