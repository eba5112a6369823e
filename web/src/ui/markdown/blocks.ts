/**
 * Cuts Markdown into its top-level blocks. While an answer grows only its last block changes, so that only that one
 * is cut and parsed again.
 */

const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;
const LIST_ITEM = /^ {0,3}([-*+]|\d{1,9}[.)])(\s|$)/;
const INDENTED = /^( {2,}|\t)/;
const CODE_INDENT = /^( {4}|\t)/;
const NOTE = /^ {0,3}\[\^[^\]\s]+\]:/;
const DEFINITION = /^ {0,3}\[[^\]^][^\]]*\]:\s*\S+.*$/gm;

export interface Cut {
  source: string;
  blocks: readonly string[];
  /** So many of them stay as they are, whatever is written next; */
  kept: number;
  /** and here begins the first of the others. */
  tail: number;
}

/** The blocks of a text; those of what it was before are used again where it only grew. */
export function cutBlocks(source: string, before?: Cut): Cut {
  if (before?.source === source) return before;
  if (before && before.tail > 0 && source.startsWith(before.source)) {
    const rest = cut(source.slice(before.tail));
    return {
      source,
      blocks: [...before.blocks.slice(0, before.kept), ...rest.blocks],
      kept: before.kept + rest.kept,
      tail: before.tail + rest.tail,
    };
  }
  return { source, ...cut(source) };
}

export const splitBlocks = (source: string) => cutBlocks(source).blocks;

function cut(source: string): Omit<Cut, 'source'> {
  const blocks: string[] = [];
  const starts: number[] = [];
  let block: string[] = [];
  let fence: string | null = null;
  let at = 0;
  let begins = 0;
  const close = (end: number) => {
    if (block.some((line) => line.trim() !== '')) {
      blocks.push(block.join('\n').replace(/\s+$/, ''));
      starts.push(begins);
    }
    block = [];
    begins = end;
  };
  const lines = source.split('\n');
  for (const [index, line] of lines.entries()) {
    const mark = FENCE.exec(line);
    const next = at + line.length + 1;
    if (fence !== null) {
      block.push(line);
      if (closes(mark, fence)) {
        fence = null;
        if (!holds(block)) close(next);
      }
    } else if (mark && !(mark[1]?.startsWith('`') && mark[2]?.includes('`'))) {
      if (!holds(block)) close(at);
      fence = mark[1] as string;
      block.push(line);
    } else if (NOTE.test(line) && block.length > 0 && !NOTE.test(block[0] as string)) {
      close(at);
      block.push(line);
    } else if (line.trim() === '' && !goesOn(block, nextWords(lines, index))) close(next);
    else block.push(line);
    at = next;
  }
  if (fence !== null) {
    blocks.push(block.join('\n'));
    starts.push(begins);
  } else close(at);
  // The last line is not finished: what looks like a new block may turn out to be part of the one before.
  const lastLine = source.lastIndexOf('\n') + 1;
  const open = (starts.at(-1) ?? 0) >= lastLine ? 2 : 1;
  const kept = Math.max(0, blocks.length - open);
  return { blocks, kept, tail: starts[kept] ?? 0 };
}

const closes = (mark: RegExpExecArray | null, fence: string) =>
  mark?.[1]?.[0] === fence[0] && (mark?.[1]?.length ?? 0) >= fence.length && mark?.[2]?.trim() === '';

/** Lists and footnotes keep fenced code inside of them. */
const holds = (block: string[]) =>
  block.length > 0 && (LIST_ITEM.test(block[0] as string) || NOTE.test(block[0] as string));

const nextWords = (lines: string[], from: number) => {
  for (let index = from + 1; index < lines.length; index++) if (lines[index]?.trim()) return lines[index];
  return undefined;
};

/** Whether a block reaches over a blank line: loose lists do, footnotes, and code by indentation. */
function goesOn(block: string[], next: string | undefined): boolean {
  if (block.length === 0) return false;
  const first = block[0] as string;
  if (NOTE.test(first)) return next !== undefined && (INDENTED.test(next) || NOTE.test(next));
  if (LIST_ITEM.test(first)) return next === undefined || INDENTED.test(next) || LIST_ITEM.test(next);
  return CODE_INDENT.test(first) && next !== undefined && CODE_INDENT.test(next);
}

export interface Fenced {
  language: string;
  code: string;
  /** Its end was written too. */
  closed: boolean;
}

/** A block that is fenced code and nothing else: there is no Markdown in it to parse. */
export function fenced(block: string): Fenced | null {
  const mark = FENCE.exec(block.split('\n', 1)[0] as string);
  if (!mark || (mark[1]?.startsWith('`') && mark[2]?.includes('`'))) return null;
  const lines = block.split('\n');
  const indent = /^ */.exec(block)?.[0].length ?? 0;
  const closed = lines.length > 1 && closes(FENCE.exec(lines.at(-1) as string), mark[1] as string);
  const inside = lines.slice(1, closed ? -1 : undefined);
  const strip = new RegExp(`^ {0,${indent}}`);
  return {
    language: /^[\w+#.-]+/.exec(mark[2]?.trim() ?? '')?.[0].toLowerCase() ?? '',
    code: (indent ? inside.map((line) => line.replace(strip, '')) : inside).join('\n'),
    closed,
  };
}

/** What other blocks may point to: addresses with a name, and footnotes. */
export interface Definitions {
  /** `[name]: address` lines, to be put below the blocks that could use one. */
  addresses: string;
  /** Blocks that hold footnotes, joined. */
  notes: string;
  /** The names of the footnotes in the order in which the text first uses them. */
  order: readonly string[];
}

const NONE: Definitions = { addresses: '', notes: '', order: [] };

export const isNote = (block: string) => NOTE.test(block);

export function definitions(source: string, blocks: readonly string[]): Definitions {
  if (!source.includes(']:')) return NONE;
  const prose = blocks.filter((block) => !FENCE.test(block));
  const addresses = prose.flatMap((block) => block.match(DEFINITION) ?? []).join('\n');
  const notes = prose.filter(isNote).join('\n\n');
  const defined = new Set([...notes.matchAll(/^ {0,3}\[\^([^\]\s]+)\]:/gm)].map((match) => match[1]));
  const used = prose.flatMap((block) =>
    isNote(block) ? [] : [...block.matchAll(/\[\^([^\]\s]+)\]/g)].map((match) => match[1] as string),
  );
  return { addresses, notes, order: [...new Set(used)].filter((name) => defined.has(name)) };
}
