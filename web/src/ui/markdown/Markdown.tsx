/**
 * An answer as it is read. Each block of the text is parsed by itself, so that while the text grows only its last
 * block is read again.
 */
import './markdown.css';
import type { FootnoteDefinition, Root } from 'mdast';
import { memo, useId, useRef } from 'react';
import { type Cut, cutBlocks, definitions, fenced, isNote } from './blocks';
import { CodeBlock } from './CodeBlock';
import { takeFormulas } from './formulas';
import { addressesIn, children, Notes, type TreeContext } from './markdownTree';
import { mended, parse } from './parse';

interface BlockProps {
  source: string;
  done: boolean;
  headings: number;
  prefix: string;
  /** What the block may point to: addresses by name, and a line for each footnote. */
  addresses: string;
  notes: string;
}

const FIRST_HEADING = /^ {0,3}(#{1,6})\s/m;
const NOTE_MARK = '\n';

const contextOf = (props: BlockProps, tree: Root, formulas: TreeContext['formulas']): TreeContext => ({
  formulas,
  addresses: addressesIn(tree),
  done: props.done,
  headings: props.headings,
  prefix: props.prefix,
  notes: props.notes ? props.notes.split(NOTE_MARK) : [],
});

const Block = memo(function Block(props: BlockProps) {
  const { source, done, addresses, notes } = props;
  const code = fenced(source);
  if (code) return <CodeBlock code={code.code} language={code.language} done={done || code.closed} />;
  const { text, formulas } = takeFormulas(done ? source : mended(source));
  const pointsElsewhere = text.includes('[');
  const marks = notes && text.includes('[^') ? notes.split(NOTE_MARK).map((name) => `\n\n[^${name}]: .`) : [];
  const below = (pointsElsewhere && addresses ? `\n\n${addresses}` : '') + marks.join('');
  const tree = parse(text + below);
  return children(tree, contextOf(props, tree, formulas));
});

const NoteList = memo(function NoteList(props: BlockProps) {
  const { text, formulas } = takeFormulas(props.source);
  const tree = parse(props.addresses ? `${text}\n\n${props.addresses}` : text);
  const found = tree.children.filter(
    (node): node is FootnoteDefinition => node.type === 'footnoteDefinition',
  );
  return <Notes definitions={found} context={contextOf(props, tree, formulas)} />;
});

export const Markdown = memo(function Markdown({ text, growing }: { text: string; growing: boolean }) {
  const cut = useRef<Cut>(undefined);
  cut.current = cutBlocks(text, cut.current);
  const { blocks } = cut.current;
  const { addresses, notes, order } = definitions(text, blocks);
  const common = {
    headings: FIRST_HEADING.exec(text)?.[1]?.length ?? 1,
    prefix: useId(),
    addresses,
    notes: order.map((name) => name.toLowerCase()).join(NOTE_MARK),
  };
  return (
    <div className="md">
      {blocks.map((source, place) =>
        isNote(source) ? null : (
          <Block
            // biome-ignore lint/suspicious/noArrayIndexKey: blocks only ever grow at the end
            key={place}
            source={source}
            done={!growing || place < blocks.length - 1}
            {...common}
          />
        ),
      )}
      {notes && order.length > 0 && <NoteList source={notes} done={!growing} {...common} />}
    </div>
  );
});
