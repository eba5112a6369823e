/** What may be attached: kinds told by the bytes themselves, limits, sizes to scale to, names. Pure. */

export interface Limits {
  max_attachments: number;
  max_attachment_bytes: number;
  max_message_bytes: number;
}

/** What a gateway allows that does not say. */
export const DEFAULT_LIMITS: Limits = {
  max_attachments: 16,
  max_attachment_bytes: 7_340_032,
  max_message_bytes: 10_485_760,
};

/** What stands around text and files in the frame that carries them. */
const ENVELOPE_BYTES = 4_096;
/** Beyond this a picture costs time and tokens and no model sees more in it. */
export const LONGEST_SIDE = 4_096;
const SCALED_SIDE = 2_048;

export type Kind =
  /** Goes as it is. */
  | { kind: 'image'; mediaType: string }
  /** A picture that models do not read as it is, but browsers may. */
  | { kind: 'foreign-image' }
  | { kind: 'text'; mediaType: string; encoding: 'utf-8' | 'utf-16le' | 'utf-16be' }
  | { kind: 'empty' }
  | { kind: 'other' };

const starts = (bytes: Uint8Array, ...signature: number[]) =>
  signature.every((byte, place) => bytes[place] === byte);
const letters = (bytes: Uint8Array, from: number, to: number) =>
  String.fromCharCode(...bytes.subarray(from, to));

function imageType(bytes: Uint8Array): string | undefined {
  if (starts(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  if (starts(bytes, 0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (/^GIF8[79]a/.test(letters(bytes, 0, 6))) return 'image/gif';
  if (letters(bytes, 0, 4) === 'RIFF' && letters(bytes, 8, 12) === 'WEBP') return 'image/webp';
  return undefined;
}

function isForeignImage(bytes: Uint8Array) {
  if (letters(bytes, 4, 8) === 'ftyp')
    return /^(avif|avis|heic|heix|heif|mif1|msf1)$/.test(letters(bytes, 8, 12));
  const isBmp = letters(bytes, 0, 2) === 'BM' && bytes.length > 14 && starts(bytes.subarray(6), 0, 0, 0, 0);
  return isBmp || /^(II\*\0|MM\0\*)$/.test(letters(bytes, 0, 4)) || starts(bytes, 0xff, 0x0a);
}

/** The kinds of text that the gateway takes under their own name. */
const isTextType = (type: string) =>
  type.startsWith('text/') || /^application\/(json|xml|yaml|toml)$/.test(type);

function isUtf8(bytes: Uint8Array) {
  try {
    return !new TextDecoder('utf-8', { fatal: true }).decode(bytes).includes('\0');
  } catch {
    return false;
  }
}

/** Looks at what a file is; its name and its given type only say which kind of text. */
export function kindOf(bytes: Uint8Array, type: string): Kind {
  if (bytes.length === 0) return { kind: 'empty' };
  const image = imageType(bytes);
  if (image) return { kind: 'image', mediaType: image };
  if (isForeignImage(bytes)) return { kind: 'foreign-image' };
  const essence = type.split(';')[0]?.trim().toLowerCase() ?? '';
  const mediaType = isTextType(essence) ? essence : 'text/plain';
  if (starts(bytes, 0xff, 0xfe)) return { kind: 'text', mediaType, encoding: 'utf-16le' };
  if (starts(bytes, 0xfe, 0xff)) return { kind: 'text', mediaType, encoding: 'utf-16be' };
  return isUtf8(bytes) ? { kind: 'text', mediaType, encoding: 'utf-8' } : { kind: 'other' };
}

export const base64Length = (bytes: number) => 4 * Math.ceil(bytes / 3);

/** How many bytes a message takes on its way: text as UTF-8 in JSON, files in base64. */
export function messageBytes(text: string, files: readonly { size: number }[]): number {
  const said = new TextEncoder().encode(JSON.stringify(text)).length;
  return ENVELOPE_BYTES + said + files.reduce((sum, file) => sum + base64Length(file.size) + 200, 0);
}

/** Room that is left for one more file, in its own bytes. */
export function roomFor(text: string, files: readonly { size: number }[], limits: Limits): number {
  const left = Math.floor(((limits.max_message_bytes - messageBytes(text, files) - 200) * 3) / 4) - 3;
  return Math.max(0, Math.min(limits.max_attachment_bytes, left));
}

/** The size to scale a picture to; null when it may stay as it is. */
export function scaledTo(
  width: number,
  height: number,
  bytes: number,
  room: number,
): { width: number; height: number } | null {
  const longest = Math.max(width, height);
  if (bytes <= room && longest <= LONGEST_SIDE) return null;
  const factor = Math.min(1, SCALED_SIDE / longest);
  return {
    width: Math.max(1, Math.round(width * factor)),
    height: Math.max(1, Math.round(height * factor)),
  };
}

/** A name that no other file of the message has. */
export function freshName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  const dot = name.lastIndexOf('.');
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  for (let number = 2; ; number++) {
    const next = `${stem}-${number}${ending}`;
    if (!taken.includes(next)) return next;
  }
}

/** The name with the ending of what it was turned into. */
export function renamed(name: string, mediaType: string): string {
  const ending = { 'image/png': '.png', 'image/jpeg': '.jpg', 'image/webp': '.webp' }[mediaType] ?? '';
  const dot = name.lastIndexOf('.');
  return (dot > 0 ? name.slice(0, dot) : name) + ending;
}

/**
 * Whether a paste is of files. Office programs and spreadsheets put a picture of the text beside the text: there
 * the text is meant.
 */
export const pastesFiles = (types: readonly string[], files: number, plain: string) =>
  files > 0 && !(plain.trim() !== '' && types.some((type) => type === 'text/html' || type === 'text/rtf'));

/** About how many tokens a text is: four letters of an alphabet, or one sign of a script without spaces. */
export function tokensAbout(text: string): number {
  let wide = 0;
  for (const letter of text) if ((letter.codePointAt(0) ?? 0) >= 0x2e80) wide++;
  return Math.ceil((text.length - wide) / 4 + wide);
}

/** A dropped folder looks like a file without bytes; this tells them apart where the browser can. */
export const foldersIn = (items: DataTransferItemList): string[] =>
  [...items].flatMap((item) => {
    const entry = item.kind === 'file' ? item.webkitGetAsEntry?.() : null;
    return entry?.isDirectory ? [entry.name] : [];
  });
