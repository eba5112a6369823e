/** Takes a message back that was not answered yet, with the files that went along. */
import { api, take } from '@/api/client';
import { type Attached, files, outgoingFiles } from './fileStore';
import { live } from './live';
import type { UserRow } from './thread.logic';

export interface TakenBack {
  text: string;
  files: readonly Attached[];
}

/** Undefined when it is too late, or when it is gone already. */
export async function takeBack(row: UserRow): Promise<TakenBack | undefined> {
  if (row.clientId) {
    const entry = live.drop(row.clientId);
    if (!entry) return undefined;
    const kept = outgoingFiles(entry.filesOf ?? entry.clientId);
    const attached = entry.attachments?.length ? await files.read(kept) : [];
    void files.write(kept, []);
    return { text: entry.message, files: attached };
  }
  if (!row.turnId) return undefined;
  // The gateway gives the files of a withdrawn message to nobody: they are fetched before.
  const attached = await fetched(row.turnId, row.attachments);
  await live.stop(row.turnId);
  return { text: row.text, files: attached };
}

const fetched = (turnId: string, marks: UserRow['attachments']): Promise<Attached[]> =>
  Promise.all(
    marks.map(async ({ name, media_type, size }, place) => ({
      name,
      mediaType: media_type,
      size,
      data: (await take(
        api.GET('/api/turns/{id}/attachments/{place}', {
          params: { path: { id: turnId, place } },
          parseAs: 'blob',
        }),
      )) as unknown as Blob,
    })),
  );
