/** Paths of the workspace: from its top, with `/` between names. */

export const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
export const folderOf = (path: string) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');
export const join = (folder: string, name: string) => (folder ? `${folder}/${name}` : name);

/** Whether `path` is `folder` itself or somewhere in it; everything is in the workspace. */
export const isWithin = (path: string, folder: string) =>
  folder === '' || path === folder || path.startsWith(`${folder}/`);

/** Where `path` is when `from` has become `to`. */
export const movedPath = (path: string, from: string, to: string) =>
  isWithin(path, from) ? to + path.slice(from.length) : path;

/** Every folder around a path, the outermost first. */
export function foldersAround(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, at) => names.slice(0, at + 1).join('/'));
}

/** What somebody typed as a path: blanks and slashes at its ends mean nothing. */
export const typedPath = (text: string) =>
  text
    .split('/')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== '.')
    .join('/');

export type NameFault = 'empty' | 'up' | 'letters' | 'long';

/** Why a path cannot be given to a file; the gateway judges it again. */
export function faultOf(path: string): NameFault | undefined {
  const names = typedPath(path).split('/');
  if (names.some((name) => name === '')) return 'empty';
  if (names.includes('..')) return 'up';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\u0000-\u001f\u007f\\]/.test(path)) return 'letters';
  if (names.some((name) => new TextEncoder().encode(name).length > 255)) return 'long';
  return undefined;
}

const MARKDOWN = /\.(md|markdown|mdown|mkd)$/i;
export const isMarkdown = (path: string) => MARKDOWN.test(path);
export const isPicture = (mediaType: string) => /^image\/(png|jpeg|gif|webp|avif)$/.test(mediaType);
