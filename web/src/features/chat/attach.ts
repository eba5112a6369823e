/** Takes files in: tells what they are, scales pictures that are too large, and says why one can't come along. */
import { freshName, kindOf, type Limits, renamed, roomFor, scaledTo } from './attachments.logic';
import type { Attached } from './fileStore';

export type Problem =
  | { why: 'kind' | 'empty' | 'unreadable' | 'folder'; name: string }
  | { why: 'size'; name: string; size: number; room: number }
  | { why: 'count'; most: number; left: number }
  | { why: 'message'; name: string };

export interface Taken {
  files: Attached[];
  problems: Problem[];
}

export async function takeFiles(
  given: readonly File[],
  have: readonly Attached[],
  text: string,
  limits: Limits,
): Promise<Taken> {
  const files: Attached[] = [];
  const problems: Problem[] = [];
  for (const [place, file] of given.entries()) {
    const all = [...have, ...files];
    if (all.length >= limits.max_attachments) {
      problems.push({ why: 'count', most: limits.max_attachments, left: given.length - place });
      break;
    }
    const room = roomFor(text, all, limits);
    const name = freshName(
      file.name || 'file',
      all.map((one) => one.name),
    );
    const taken = await takeOne(file, name, room, limits).catch((): Problem => ({ why: 'unreadable', name }));
    if ('why' in taken) problems.push(taken);
    else
      files.push({
        ...taken,
        name: freshName(
          taken.name,
          all.map((one) => one.name),
        ),
      });
  }
  return { files, problems };
}

async function takeOne(file: File, name: string, room: number, limits: Limits): Promise<Attached | Problem> {
  // Only pictures get smaller: what is far too large is not even read.
  if (file.size > 256 * 1024 * 1024) return { why: 'size', name, size: file.size, room };
  const bytes = new Uint8Array(await file.arrayBuffer());
  const kind = kindOf(bytes, file.type);
  if (kind.kind === 'empty') return { why: 'empty', name };
  if (kind.kind === 'other') return { why: 'kind', name };
  if (kind.kind === 'text') {
    const data =
      kind.encoding === 'utf-8'
        ? new Blob([bytes], { type: kind.mediaType })
        : new Blob([new TextDecoder(kind.encoding).decode(bytes)], { type: kind.mediaType });
    if (data.size > room) return tooLarge(name, data.size, room, limits);
    return { name, mediaType: kind.mediaType, size: data.size, data };
  }
  const picture = new Blob([bytes], { type: kind.kind === 'image' ? kind.mediaType : file.type });
  return takePicture(picture, name, kind.kind === 'image' ? kind.mediaType : null, room, limits);
}

const tooLarge = (name: string, size: number, room: number, limits: Limits): Problem =>
  // With room for it in an empty message, it is the others that take the place.
  size <= limits.max_attachment_bytes && room < limits.max_attachment_bytes
    ? { why: 'message', name }
    : { why: 'size', name, size, room: limits.max_attachment_bytes };

async function takePicture(
  picture: Blob,
  name: string,
  mediaType: string | null,
  room: number,
  limits: Limits,
): Promise<Attached | Problem> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(picture);
  } catch {
    return { why: mediaType ? 'unreadable' : 'kind', name };
  }
  try {
    const target = scaledTo(bitmap.width, bitmap.height, picture.size, room);
    if (mediaType && !target) return { name, mediaType, size: picture.size, data: picture };
    let { width, height } = target ?? bitmap;
    // A drawing with few colours stays sharp as PNG; a photograph has to become a JPEG.
    const lossless = mediaType === 'image/png' || mediaType === 'image/gif';
    for (let round = 0; round < 6; round++) {
      const data =
        (lossless && round === 0 ? await drawn(bitmap, width, height, 'image/png') : null) ??
        (await drawn(bitmap, width, height, 'image/jpeg'));
      if (!data) return { why: 'unreadable', name };
      const smaller = data.size <= room ? data : await drawn(bitmap, width, height, 'image/jpeg');
      if (smaller && smaller.size <= room)
        return {
          name: renamed(name, smaller.type),
          mediaType: smaller.type,
          size: smaller.size,
          data: smaller,
          note: target ? 'scaled' : 'converted',
        };
      width = Math.max(1, Math.round(width * 0.7));
      height = Math.max(1, Math.round(height * 0.7));
    }
    return tooLarge(name, picture.size, room, limits);
  } finally {
    bitmap.close();
  }
}

function drawn(bitmap: ImageBitmap, width: number, height: number, type: string): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext('2d');
  if (!pen) return Promise.resolve(null);
  if (type === 'image/jpeg') {
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, width, height);
  }
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(bitmap, 0, 0, width, height);
  return new Promise((resolve) => canvas.toBlob(resolve, type, 0.85));
}
