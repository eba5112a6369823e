/** Reads Markdown into a tree. Nothing in it is HTML that a browser would run: the tree is made into elements. */
import type { Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import remend from 'remend';

const SYNTAX = [gfm()];
const TREE = [gfmFromMarkdown()];

export const parse = (source: string): Root =>
  fromMarkdown(source, { extensions: SYNTAX, mdastExtensions: TREE });

/** Ends what the text has only begun, so that half a bold run does not show its stars until its end comes. */
export const mended = (source: string) => remend(source, { linkMode: 'text-only', katex: false });
