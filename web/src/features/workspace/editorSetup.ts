/** What the editor is made of: keys, looks, words. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import {
  crosshairCursor,
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { cspNonce } from '@/app/csp';
import { t } from '@/i18n';

const inks = HighlightStyle.define([
  { tag: tags.heading, fontWeight: '650', color: 'var(--ws-ink-head)' },
  { tag: tags.strong, fontWeight: '700' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: tags.strikethrough, textDecoration: 'line-through' },
  { tag: [tags.link, tags.url], color: 'var(--ws-ink-link)', textDecoration: 'underline' },
  { tag: [tags.keyword, tags.tagName, tags.atom, tags.bool], color: 'var(--ws-ink-word)' },
  { tag: [tags.string, tags.monospace, tags.inserted], color: 'var(--ws-ink-text)' },
  { tag: [tags.number, tags.propertyName, tags.attributeName], color: 'var(--ws-ink-name)' },
  { tag: [tags.comment, tags.quote, tags.meta, tags.processingInstruction], color: 'var(--app-dimmed)' },
  { tag: [tags.invalid, tags.deleted], color: 'var(--bad-text)' },
]);

/** Prose is read as a page, code as lines. */
const proseOrCode = (prose: boolean): Extension =>
  prose
    ? EditorView.lineWrapping
    : [bracketMatching(), indentOnInput(), rectangularSelection(), crosshairCursor()];

export const setup = (label: string, prose: boolean): Extension => [
  EditorView.cspNonce.of(cspNonce()),
  EditorState.phrases.of(t.workspace.find),
  EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
  lineNumbers(),
  highlightActiveLineGutter(),
  highlightActiveLine(),
  highlightSpecialChars(),
  highlightSelectionMatches(),
  history(),
  drawSelection(),
  dropCursor(),
  search({ top: true }),
  EditorState.allowMultipleSelections.of(true),
  indentUnit.of('  '),
  syntaxHighlighting(inks),
  proseOrCode(prose),
  keymap.of([...searchKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
];
