/** Pairing codes as people type them, and what this browser calls itself. */
import { t } from '@/i18n';

const LENGTH = 8;

/** Forgives case, dashes, blanks and whatever was pasted around the code: the whole pairing link, too. */
export const cleanCode = (typed: string) =>
  (/[#?&]code=([^&\s]+)/i.exec(typed)?.[1] ?? typed)
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '')
    .slice(0, LENGTH);

/** The code as it is printed: ABCD-1234. */
export function prettyCode(typed: string): string {
  const clean = cleanCode(typed);
  return clean.length > 4 ? `${clean.slice(0, 4)}-${clean.slice(4)}` : clean;
}

export const isComplete = (typed: string) => cleanCode(typed).length === LENGTH;

const BROWSERS: [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bCriOS\/|Chrom(e|ium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/CrOS/, 'ChromeOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Linux/, 'Linux'],
];

/** "Firefox on Windows": enough to tell one's own devices apart. */
export function deviceName(userAgent: string = navigator.userAgent): string {
  const find = (table: [RegExp, string][]) => table.find(([pattern]) => pattern.test(userAgent))?.[1];
  return t.pairing.deviceName(find(BROWSERS) ?? t.pairing.someBrowser, find(SYSTEMS) ?? t.pairing.someSystem);
}
