/**
 * Cuts Markdown into its top-level blocks. While an answer grows only its last block changes, so that only that one
 * is parsed again.
 */

const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;
const LIST_ITEM = /^ {0,3}([-*+]|\d{1,9}[.)])(\s|$)/;
const INDENTED = /^( {2,}|\t)/;
const CODE_INDENT = /^( {4}|\t)/;
const FOOTNOTE = /^\[\^[^\]]+\]:/m;
const DEFINITION = /^ {0,3}\[[^\]^][^\]]*\]:\s*\S+.*$/gm;

export function splitBlocks(source: string): string[] {
  // Footnotes gather at the end of the whole text: such a text stays in one piece.
  if (FOOTNOTE.test(source)) return [source];
  const blocks: string[] = [];
  let block: string[] = [];
  let fence: string | null = null;
  const cut = () => {
    if (block.some((line) => line.trim() !== '')) blocks.push(block.join('\n').replace(/\s+$/, ''));
    block = [];
  };
  const lines = source.split('\n');
  for (const [index, line] of lines.entries()) {
    const mark = FENCE.exec(line);
    if (fence !== null) {
      block.push(line);
      if (closes(mark, fence)) {
        fence = null;
        if (!inList(block)) cut();
      }
    } else if (mark && !(mark[1]?.startsWith('`') && mark[2]?.includes('`'))) {
      if (!inList(block)) cut();
      fence = mark[1] as string;
      block.push(line);
    } else if (line.trim() === '' && !goesOn(block, nextWords(lines, index))) cut();
    else block.push(line);
  }
  if (fence !== null) blocks.push(block.join('\n'));
  else cut();
  return withDefinitions(source, blocks);
}

const closes = (mark: RegExpExecArray | null, fence: string) =>
  mark?.[1]?.[0] === fence[0] && (mark?.[1]?.length ?? 0) >= fence.length && mark?.[2]?.trim() === '';

const inList = (block: string[]) => block.length > 0 && LIST_ITEM.test(block[0] as string);

const nextWords = (lines: string[], from: number) => {
  for (let index = from + 1; index < lines.length; index++) if (lines[index]?.trim()) return lines[index];
  return undefined;
};

/** Whether a block reaches over a blank line: loose lists do, and code by indentation. */
function goesOn(block: string[], next: string | undefined): boolean {
  if (block.length === 0) return false;
  if (inList(block)) return next === undefined || INDENTED.test(next) || LIST_ITEM.test(next);
  return CODE_INDENT.test(block[0] as string) && next !== undefined && CODE_INDENT.test(next);
}

/** `[name]: address` may stand anywhere in the text; each block that could use one gets a copy. */
function withDefinitions(source: string, blocks: string[]): string[] {
  if (!source.includes(']:')) return blocks;
  const found = blocks
    .filter((block) => !FENCE.test(block))
    .flatMap((block) => block.match(DEFINITION) ?? []);
  if (found.length === 0) return blocks;
  const all = `\n\n${found.join('\n')}`;
  return blocks.map((block) => (block.includes('[') && !FENCE.test(block) ? block + all : block));
}
