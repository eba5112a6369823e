/** The editor of a text. With `theirs` it marks what differs from another text and lets each difference be decided. */
import { unifiedMergeView } from '@codemirror/merge';
import { Annotation, Compartment, EditorState, Text, Transaction } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { t } from '@/i18n';
import { setup } from './editorSetup';
import { languageOf } from './languages';
import { isMarkdown, nameOf } from './paths.logic';

export interface EditorProps {
  path: string;
  text: string;
  /** How its lines end, where not by a plain newline. */
  ends: '\r\n' | undefined;
  /** What the file is elsewhere. */
  theirs?: string;
  /** Why nothing can be typed. */
  fixed: boolean;
  /** The line that is gone to. */
  line?: number;
  onChange: (text: string) => void;
  /** Where the cursor is, both from 1. */
  onCursor: (line: number, column: number) => void;
}

const fromPage = Annotation.define<true>();

export default function Editor(props: EditorProps) {
  const { path, text, ends, theirs, fixed, line } = props;
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const parts = useRef({ merge: new Compartment(), fixed: new Compartment(), language: new Compartment() });
  const now = useRef(props);
  now.current = props;

  // Made once for a file: what changes after that is told to the editor that is there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const { merge, fixed: fix, language } = parts.current;
    const made = new EditorView({
      parent: box.current ?? undefined,
      state: EditorState.create({
        doc: text,
        extensions: [
          setup(t.workspace.editorLabel(nameOf(path)), isMarkdown(path) || /\.(txt|log)$/i.test(path)),
          ends ? EditorState.lineSeparator.of(ends) : [],
          language.of([]),
          fix.of(fixedTo(fixed)),
          merge.of(against(theirs)),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((one) => one.annotation(fromPage)))
              now.current.onChange(update.state.sliceDoc());
            if (update.docChanged || update.selectionSet) tellCursor(update.view, now.current.onCursor);
          }),
        ],
      }),
    });
    view.current = made;
    tellCursor(made, now.current.onCursor);
    let gone = false;
    void languageOf(path).then((found) => {
      if (!gone && found) made.dispatch({ effects: language.reconfigure(found) });
    });
    return () => {
      gone = true;
      made.destroy();
      view.current = undefined;
    };
  }, [path, ends]);

  useEffect(() => {
    const made = view.current;
    if (!made) return;
    const change = difference(made.state.sliceDoc(), text, ends);
    if (change)
      made.dispatch({
        changes: change,
        annotations: [fromPage.of(true), Transaction.addToHistory.of(false)],
      });
  }, [text, ends]);
  useEffect(() => {
    view.current?.dispatch({ effects: parts.current.merge.reconfigure(against(theirs)) });
  }, [theirs]);
  useEffect(() => {
    view.current?.dispatch({ effects: parts.current.fixed.reconfigure(fixedTo(fixed)) });
  }, [fixed]);
  useEffect(() => {
    const made = view.current;
    if (!made || line === undefined) return;
    const place = made.state.doc.line(Math.min(line, made.state.doc.lines));
    made.dispatch({
      selection: { anchor: place.from, head: place.to },
      effects: EditorView.scrollIntoView(place.from, { y: 'center' }),
    });
    made.focus();
  }, [line]);
  return <div ref={box} className="ws-editor" data-fixed={fixed || undefined} />;
}

const fixedTo = (fixed: boolean) => (fixed ? [EditorState.readOnly.of(true)] : []);

const against = (theirs: string | undefined) =>
  theirs === undefined
    ? []
    : unifiedMergeView({ original: linesOf(theirs), mergeControls: true, gutter: true });

const linesOf = (text: string) => Text.of(text.split(/\r\n?|\n/));

function tellCursor(view: EditorView, tell: EditorProps['onCursor']) {
  const { head } = view.state.selection.main;
  const line = view.state.doc.lineAt(head);
  tell(line.number, head - line.from + 1);
}

/** The one stretch that is not alike, in the editor's count, where every line end is one character. */
function difference(before: string, after: string, ends: string | undefined) {
  if (before === after) return undefined;
  const plain = (text: string) => (ends ? text.replaceAll(ends, '\n') : text.replace(/\r\n?/g, '\n'));
  const [one, other] = [plain(before), plain(after)];
  if (one === other) return undefined;
  const most = Math.min(one.length, other.length);
  let from = 0;
  while (from < most && one.charCodeAt(from) === other.charCodeAt(from)) from += 1;
  let back = 0;
  while (
    back < most - from &&
    one.charCodeAt(one.length - 1 - back) === other.charCodeAt(other.length - 1 - back)
  )
    back += 1;
  return { from, to: one.length - back, insert: linesOf(other.slice(from, other.length - back)) };
}
