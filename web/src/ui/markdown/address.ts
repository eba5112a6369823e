/** Which addresses in a model's text may be followed, and what they are called. The text is not trusted. */

const FOLLOWED = new Set(['http:', 'https:', 'mailto:']);
const SHOWN = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+$/;
/** What a browser leaves out of an address before it reads it, and letters that turn the reading around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const TRICKS = /[\u0000-\u0020\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/;

/** The address if it leads to the web or to a mail; null for everything else: scripts, files, this page's own. */
export function followable(address: string): string | null {
  const clean = address.trim();
  if (TRICKS.test(clean)) return null;
  try {
    const url = new URL(clean);
    return FOLLOWED.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A picture that came with the text itself: showing it asks nobody for anything. */
export const isInlined = (address: string) => SHOWN.test(address);

/** Whom one would ask for it. */
export function hostOf(address: string): string {
  const url = new URL(address);
  return url.host || url.pathname;
}
