/**
 * Files that were chosen and not sent, or sent and not yet taken: kept in the browser's database, so that neither a
 * reload nor a refusal loses them. Where there is no database they live as long as the page does.
 */

/** A file as it will be sent. */
export interface Attached {
  name: string;
  mediaType: string;
  size: number;
  data: Blob;
  /** What was done to it on the way in. */
  note?: 'scaled' | 'converted';
}

export interface FileStore {
  read(of: string): Promise<Attached[]>;
  write(of: string, files: readonly Attached[]): Promise<void>;
}

const STORE = 'files';
const DATABASE = 'clawgate';

/** What was kept and never fetched goes after this long. */
const KEPT_MS = 14 * 86_400_000;

interface Kept {
  at: number;
  files: readonly Attached[];
}

const done = <T>(request: IDBRequest<T>) =>
  new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function open(factory: IDBFactory): Promise<IDBDatabase> {
  const request = factory.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  const database = await done(request);
  // Signing out deletes the database: an open connection would make that wait.
  database.onversionchange = () => database.close();
  const old = IDBKeyRange.upperBound(Date.now() - KEPT_MS);
  const rows = database.transaction(STORE, 'readwrite').objectStore(STORE);
  rows.openCursor().onsuccess = (event) => {
    const cursor = (event.target as IDBRequest<IDBCursorWithValue | null>).result;
    if (!cursor) return;
    if (old.includes((cursor.value as Kept).at)) cursor.delete();
    cursor.continue();
  };
  return database;
}

export function fileStore(factory: IDBFactory | undefined): FileStore {
  const memory = new Map<string, readonly Attached[]>();
  let opened: Promise<IDBDatabase | undefined> | undefined;
  const database = () => {
    opened ??= factory ? open(factory).catch(() => undefined) : Promise.resolve(undefined);
    return opened;
  };
  return {
    async read(of) {
      const held = memory.get(of);
      if (held) return [...held];
      const rows = await database();
      if (!rows) return [];
      try {
        const kept: Kept | undefined = await done(rows.transaction(STORE).objectStore(STORE).get(of));
        return [...(kept?.files ?? [])];
      } catch {
        return [];
      }
    },
    async write(of, files) {
      if (files.length > 0) memory.set(of, files);
      else memory.delete(of);
      const rows = await database();
      if (!rows) return;
      try {
        const store = rows.transaction(STORE, 'readwrite').objectStore(STORE);
        if (files.length > 0) await done(store.put({ at: Date.now(), files } satisfies Kept, of));
        else await done(store.delete(of));
      } catch {
        // A full or forbidden database costs only the safety over a reload.
      }
    },
  };
}

const browserDatabase = () => {
  try {
    return globalThis.indexedDB;
  } catch {
    return undefined;
  }
};

export const files = fileStore(browserDatabase());

export const draftFiles = (of: string) => `draft:${of}`;
export const outgoingFiles = (clientId: string) => `out:${clientId}`;

/** The bytes in base64, as they travel. */
export const base64Of = (data: Blob) =>
  new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(data);
  });
