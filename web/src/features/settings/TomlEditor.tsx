/** config.toml as a text, with what is wrong marked at its line; and two texts side by side. Loaded when wanted. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { toml } from '@codemirror/legacy-modes/mode/toml';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { unifiedMergeView } from '@codemirror/merge';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import type { ConfigFault } from '@/api/types';
import { cspNonce } from '@/app/csp';
import { t } from '@/i18n';

const look = EditorView.theme({
  '&': { fontSize: '13.5px', backgroundColor: 'var(--app-surface)', color: 'var(--app-text)' },
  '.cm-content': { fontFamily: 'var(--mantine-font-family-monospace)', caretColor: 'var(--app-text)' },
  '.cm-gutters': { backgroundColor: 'var(--app-sunken)', color: 'var(--app-dimmed)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'var(--app-hover)' },
  '&.cm-focused': { outline: '2px solid var(--app-accent)', outlineOffset: '-2px' },
  '.cm-panels': { backgroundColor: 'var(--app-raised)', color: 'var(--app-text)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--app-raised)',
    color: 'var(--app-text)',
    borderColor: 'var(--app-border)',
  },
  '.cm-changedLine, .cm-insertedLine': { backgroundColor: 'var(--good-soft) !important' },
  '.cm-deletedChunk': { backgroundColor: 'var(--bad-soft) !important', color: 'var(--app-text)' },
  '.cm-changedText': { background: 'transparent !important' },
  '.cm-deletedText': { background: 'transparent !important', textDecoration: 'underline' },
  '.cm-collapsedLines::before, .cm-collapsedLines::after': { content: '"⋯" !important' },
  '.cm-collapsedLines': {
    background: 'var(--app-sunken) !important',
    color: 'var(--app-dimmed)',
  },
});
const colours = HighlightStyle.define([
  { tag: tags.comment, color: 'var(--app-dimmed)', fontStyle: 'italic' },
  { tag: [tags.propertyName, tags.definition(tags.variableName)], color: 'var(--info-text)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--good-text)' },
  { tag: [tags.number, tags.bool, tags.atom], color: 'var(--warn-text)' },
]);

const drawn = (label: string) => [
  EditorState.phrases.of(t.settings.editor),
  lineNumbers(),
  drawSelection(),
  highlightSelectionMatches(),
  StreamLanguage.define(toml),
  syntaxHighlighting(colours),
  look,
  EditorView.lineWrapping,
  EditorView.contentAttributes.of({ 'aria-label': label }),
  EditorView.cspNonce.of(cspNonce()),
];

interface TomlEditorProps {
  label: string;
  value: string;
  faults: readonly ConfigFault[];
  /** What does not stand against it. */
  warnings: readonly ConfigFault[];
  /** A line to show first. */
  line?: number;
  readOnly: boolean;
  onChange: (text: string) => void;
  onSave: () => void;
}

export function TomlEditor(props: TomlEditorProps) {
  const { label, value, faults, warnings, line, readOnly } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const now = useRef(props);
  now.current = props;

  useEffect(() => {
    if (!host.current) return;
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: now.current.value,
        extensions: [
          drawn(label),
          history(),
          highlightActiveLine(),
          lintGutter(),
          search({ top: true }),
          EditorState.readOnly.of(readOnly),
          keymap.of([
            {
              key: 'Mod-s',
              run: () => {
                now.current.onSave();
                return true;
              },
            },
            ...defaultKeymap,
            ...historyKeymap,
            ...searchKeymap,
            // Tab leaves the field after Escape, as the editor's own keys have it.
            indentWithTab,
          ]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) now.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, [label, readOnly]);

  useEffect(() => {
    const made = view.current;
    if (made && made.state.doc.toString() !== value)
      made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: value } });
  }, [value]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: marks belong to the text that they were made for
  useEffect(() => {
    const made = view.current;
    if (!made) return;
    const mark = (fault: ConfigFault, severity: Diagnostic['severity']): Diagnostic => {
      const place = made.state.doc.line(Math.min(Math.max(fault.line ?? 1, 1), made.state.doc.lines));
      const message = fault.key ? `${fault.key}: ${fault.message}` : fault.message;
      return { from: place.from, to: place.to, severity, message };
    };
    const marks = [
      ...faults.map((fault) => mark(fault, 'error')),
      ...warnings.map((one) => mark(one, 'warning')),
    ];
    made.dispatch(setDiagnostics(made.state, marks));
  }, [faults, warnings, value]);

  useEffect(() => {
    const made = view.current;
    if (!made || line === undefined || line > made.state.doc.lines) return;
    const place = made.state.doc.line(line);
    made.dispatch({
      selection: { anchor: place.from },
      effects: EditorView.scrollIntoView(place.from, { y: 'center' }),
    });
  }, [line]);

  return <div ref={host} className="toml-editor" />;
}

/** What would change in the text. */
export function TomlDiff({ label, before, after }: { label: string; before: string; after: string }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current) return;
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: after,
        extensions: [
          drawn(label),
          EditorState.readOnly.of(true),
          EditorView.editable.of(false),
          EditorView.contentAttributes.of({ tabindex: '0', role: 'textbox', 'aria-readonly': 'true' }),
          unifiedMergeView({
            original: before,
            mergeControls: false,
            gutter: true,
            collapseUnchanged: { margin: 2, minSize: 4 },
          }),
        ],
      }),
    });
    return () => made.destroy();
  }, [label, before, after]);
  return <div ref={host} className="toml-diff" />;
}
