/**
 * Finds formulas in Markdown before it is parsed: a formula's signs are not Markdown's. `$x$` and `\(x\)` stand in a
 * line, `$$x$$` and `\[x\]` by themselves. Sums of money are no formulas: "$5 and $6" stays as it is.
 */

export interface Formula {
  source: string;
  tex: string;
  display: boolean;
}

export interface WithFormulas {
  /** The text with a mark in the place of each formula. */
  text: string;
  formulas: readonly Formula[];
}

const OPENS = '\uE000';
const CLOSES = '\uE001';
const ALL_MARKS = /\uE000(\d+)\uE001/g;
const LONGEST = 4_000;

export function takeFormulas(source: string): WithFormulas {
  if (!/[$\\]/.test(source) || source.includes(OPENS)) return { text: source, formulas: [] };
  const formulas: Formula[] = [];
  let text = '';
  let at = 0;
  while (at < source.length) {
    const found = read(source, at);
    if (typeof found === 'number') {
      text += source.slice(at, found);
      at = found;
      continue;
    }
    text += `${OPENS}${formulas.length}${CLOSES}`;
    formulas.push(found);
    at += found.source.length;
  }
  return { text, formulas };
}

/** Puts the source back where a mark stands in what is no text: code, addresses. */
export const restored = (text: string, formulas: readonly Formula[]) =>
  formulas.length === 0 ? text : text.replace(ALL_MARKS, (_, place) => formulas[Number(place)]?.source ?? '');

/** Text and formulas in turn. */
export function pieces(text: string, formulas: readonly Formula[]): (string | Formula)[] {
  if (formulas.length === 0) return [text];
  return text
    .split(ALL_MARKS)
    .map((piece, place) => (place % 2 === 0 ? piece : (formulas[Number(piece)] ?? '')))
    .filter((piece) => piece !== '');
}

/** The formula that begins here, or where to go on reading. */
function read(source: string, at: number): Formula | number {
  const sign = source[at];
  if (sign === '`') return overCode(source, at);
  if (sign === '\\') {
    const next = source[at + 1];
    if (next === '(') return between(source, at, '\\)', false) ?? at + 2;
    if (next === '[') return between(source, at, '\\]', true) ?? at + 2;
    return at + 2;
  }
  if (sign !== '$') return nextSign(source, at);
  if (source[at + 1] === '$') return block(source, at) ?? overRun(source, at);
  return inline(source, at) ?? at + 1;
}

const nextSign = (source: string, at: number) => {
  const rest = source.slice(at).search(/[`\\$]/);
  return rest === -1 ? source.length : at + Math.max(rest, 1);
};

const overRun = (source: string, at: number) => {
  let end = at;
  while (source[end] === source[at]) end += 1;
  return end;
};

function overCode(source: string, at: number): number {
  const end = overRun(source, at);
  const run = source.slice(at, end);
  for (let close = source.indexOf(run, end); close !== -1; close = source.indexOf(run, close)) {
    const after = overRun(source, close);
    if (after - close === run.length) return after;
    close = after;
  }
  return end;
}

function between(source: string, at: number, closing: string, display: boolean): Formula | undefined {
  const end = source.indexOf(closing, at + 2);
  if (end === -1 || end - at > LONGEST) return undefined;
  const tex = source.slice(at + 2, end);
  // Escaped brackets around words are brackets.
  const mathematical = /[\\^_=+\-*/<>|{}\d]/.test(tex) || /^\s*[A-Za-z]\s*$/.test(tex);
  if (!tex.trim() || !mathematical || /\n\s*\n/.test(tex) || source[end + 2] === '(') return undefined;
  return { source: source.slice(at, end + 2), tex: tex.trim(), display };
}

function block(source: string, at: number): Formula | undefined {
  const end = source.indexOf('$$', at + 2);
  if (end === -1 || end - at > LONGEST) return undefined;
  const tex = source.slice(at + 2, end);
  if (!tex.trim() || tex.includes('`')) return undefined;
  return { source: source.slice(at, end + 2), tex: tex.trim(), display: true };
}

function inline(source: string, at: number): Formula | undefined {
  if (/[\w$]/.test(source[at - 1] ?? '') || /[\s$]/.test(source[at + 1] ?? ' ')) return undefined;
  for (let end = at + 1; end < source.length && end - at < LONGEST; end++) {
    const sign = source[end];
    if (sign === '\\') end += 1;
    else if (sign === '`' || (sign === '\n' && source[end + 1] === '\n')) return undefined;
    else if (sign === '$') {
      if (/\s/.test(source[end - 1] as string) || /[\w$]/.test(source[end + 1] ?? '')) return undefined;
      const tex = source.slice(at + 1, end);
      // Words between two signs of money.
      if (/[A-Za-z]{3,}[ ,.;]/.test(tex) && !/[\\^_={}]/.test(tex)) return undefined;
      return { source: source.slice(at, end + 1), tex, display: false };
    }
  }
  return undefined;
}
