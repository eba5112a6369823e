/** Takes files out of a drop: those in dropped folders too, with the folders that they are in. */

export interface Dropped {
  file: File;
  /** Its path from where it was dropped. */
  path: string;
}

/** More than these are no upload but a mistake. */
const MOST = 2000;

export const isFiles = (transfer: DataTransfer) => transfer.types.includes('Files');

export const chosen = (files: FileList | readonly File[]): Dropped[] =>
  [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));

export async function filesOf(transfer: DataTransfer): Promise<Dropped[]> {
  // Both are gone once the event is over.
  const plain = chosen(transfer.files);
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (!entries.some((entry) => entry?.isDirectory)) return plain;
  const found: Dropped[] = [];
  for (const entry of entries) if (entry) await walk(entry, entry.name, found);
  return found;
}

async function walk(entry: FileSystemEntry, path: string, found: Dropped[]) {
  if (found.length >= MOST) return;
  if (entry.isFile) {
    const file = await new Promise<File | null>((resolve) =>
      (entry as FileSystemFileEntry).file(resolve, () => resolve(null)),
    );
    if (file) found.push({ file, path });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A folder is handed out in pieces until one is empty.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve) =>
      reader.readEntries(resolve, () => resolve([])),
    );
    if (some.length === 0) return;
    for (const inner of some) await walk(inner, `${path}/${inner.name}`, found);
  }
}
