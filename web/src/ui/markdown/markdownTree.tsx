/** Makes elements of a tree of Markdown. HTML in it stays text; addresses pass the guard or are no links. */
import type { FootnoteDefinition, List, PhrasingContent, Root, RootContent, Table } from 'mdast';
import { Fragment, type ReactNode } from 'react';
import { t } from '@/i18n';
import { followable, isInlined } from './address';
import { CodeBlock } from './CodeBlock';
import { Formula } from './Formula';
import { type Formula as FormulaText, pieces, restored } from './formulas';
import { RemotePicture } from './RemotePicture';

export interface TreeContext {
  formulas: readonly FormulaText[];
  /** No more words will come. */
  done: boolean;
  /** The level of the text's own highest heading and what it becomes on the page. */
  headings: number;
  /** What ids in this text begin with. */
  prefix: string;
  /** Addresses by the names that the text gave them. */
  addresses: ReadonlyMap<string, string>;
  /** Names of footnotes, in the order of their numbers. */
  notes: readonly string[];
}

type Node = Root | RootContent;

/** What the text calls its addresses. */
export function addressesIn(tree: Root): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const look = (nodes: readonly Node[]) => {
    for (const node of nodes) {
      // The first of a name is the one that counts.
      if (node.type === 'definition' && !found.has(node.identifier)) found.set(node.identifier, node.url);
      else if ('children' in node) look(node.children);
    }
  };
  look(tree.children);
  return found;
}

const HIGHEST = 3;
type HeadingTag = 'h3' | 'h4' | 'h5' | 'h6';

export function children(node: { children: readonly Node[] }, context: TreeContext): ReactNode[] {
  return node.children.map((child, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a tree is made anew as a whole
    <Fragment key={place}>{element(child, context)}</Fragment>
  ));
}

function element(node: Node, context: TreeContext): ReactNode {
  switch (node.type) {
    case 'root':
      return children(node, context);
    case 'text':
      return <Words text={node.value} context={context} />;
    case 'html':
      return restored(node.value, context.formulas);
    case 'paragraph':
      return <p>{children(node, context)}</p>;
    case 'heading': {
      const level = Math.min(Math.max(HIGHEST + node.depth - context.headings, HIGHEST), 6);
      const Tag = `h${level}` as HeadingTag;
      return <Tag data-depth={Math.min(node.depth, 4)}>{children(node, context)}</Tag>;
    }
    case 'emphasis':
      return <em>{children(node, context)}</em>;
    case 'strong':
      return <strong>{children(node, context)}</strong>;
    case 'delete':
      return <del>{children(node, context)}</del>;
    case 'inlineCode':
      return <code>{restored(node.value, context.formulas)}</code>;
    case 'break':
      return <br />;
    case 'thematicBreak':
      return <hr />;
    case 'blockquote':
      return <blockquote>{children(node, context)}</blockquote>;
    case 'code': {
      const code = restored(node.value, context.formulas);
      return <CodeBlock code={code} language={languageOf(node.lang)} done={context.done} />;
    }
    case 'list':
      return <Items list={node} context={context} />;
    case 'table':
      return <Grid table={node} context={context} />;
    case 'link':
      return (
        <Address href={restored(node.url, context.formulas)} title={node.title}>
          {children(node, context)}
        </Address>
      );
    case 'image':
      return <Picture address={restored(node.url, context.formulas)} name={node.alt ?? ''} />;
    case 'linkReference':
      return (
        <Address href={restored(context.addresses.get(node.identifier) ?? '', context.formulas)}>
          {children(node, context)}
        </Address>
      );
    case 'imageReference': {
      const address = context.addresses.get(node.identifier) ?? '';
      return <Picture address={restored(address, context.formulas)} name={node.alt ?? ''} />;
    }
    case 'footnoteReference':
      return <NoteMark name={node.identifier} context={context} />;
    default:
      // Definitions show nothing by themselves.
      return null;
  }
}

const languageOf = (given: string | null | undefined) =>
  /^[\w+#.-]+/.exec(given ?? '')?.[0].toLowerCase() ?? '';

function Words({ text, context }: { text: string; context: TreeContext }) {
  return pieces(text, context.formulas).map((piece, place) =>
    typeof piece === 'string' ? (
      piece
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: a tree is made anew as a whole
      <Formula key={place} formula={piece} />
    ),
  );
}

/** A way out of this page. What is no such way is shown as words, with the dead address on hover. */
function Address({ href, title, children }: { href: string; title?: string | null; children: ReactNode }) {
  const target = followable(href);
  if (target === null) return <span title={href}>{children}</span>;
  return (
    <a href={target} title={title ?? undefined} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

function Picture({ address, name }: { address: string; name: string }) {
  if (isInlined(address)) return <img className="md-picture" src={address} alt={name} />;
  const target = followable(address);
  if (target === null || !target.startsWith('http')) return <span>{t.thread.picture(name || address)}</span>;
  return <RemotePicture address={target} name={name} />;
}

function Items({ list, context }: { list: List; context: TreeContext }) {
  const items = list.children.map((item, place) => {
    const [first] = item.children;
    // Tight lists have no paragraphs on the page.
    const tight = !list.spread && !item.spread;
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: a tree is made anew as a whole
      <li key={place} className={typeof item.checked === 'boolean' ? 'md-task' : undefined}>
        {typeof item.checked === 'boolean' && (
          <input
            type="checkbox"
            checked={item.checked}
            readOnly
            disabled
            aria-label={item.checked ? t.thread.done : t.thread.notDone}
          />
        )}
        {tight && first?.type === 'paragraph' ? (
          <>
            {children(first, context)}
            {children({ children: item.children.slice(1) }, context)}
          </>
        ) : (
          children(item, context)
        )}
      </li>
    );
  });
  return list.ordered ? <ol start={list.start ?? undefined}>{items}</ol> : <ul>{items}</ul>;
}

function Grid({ table, context }: { table: Table; context: TreeContext }) {
  const [head, ...body] = table.children;
  const cell = (Tag: 'th' | 'td', content: PhrasingContent[], place: number) => (
    <Tag key={place} scope={Tag === 'th' ? 'col' : undefined} data-align={table.align?.[place] ?? undefined}>
      {children({ children: content }, context)}
    </Tag>
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div role="group" className="md-table" tabIndex={0} aria-label={t.thread.table}>
      <table>
        {head && (
          <thead>
            <tr>{head.children.map((one, place) => cell('th', one.children, place))}</tr>
          </thead>
        )}
        {body.length > 0 && (
          <tbody>
            {body.map((row, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a tree is made anew as a whole
              <tr key={place}>{row.children.map((one, column) => cell('td', one.children, column))}</tr>
            ))}
          </tbody>
        )}
      </table>
    </div>
  );
}

/** Moves to another place of the same text; the page's address is not the text's to change. */
function Jump({ to, id, children, label }: { to: string; id?: string; children: ReactNode; label: string }) {
  return (
    <a
      id={id}
      href={`#${to}`}
      aria-label={label}
      onClick={(event) => {
        event.preventDefault();
        const place = document.getElementById(to);
        place?.scrollIntoView({ block: 'nearest' });
        place?.focus({ preventScroll: true });
      }}
    >
      {children}
    </a>
  );
}

function NoteMark({ name, context }: { name: string; context: TreeContext }) {
  const number = context.notes.indexOf(name) + 1;
  if (number === 0) return null;
  return (
    <sup>
      <Jump
        to={`${context.prefix}note-${number}`}
        id={`${context.prefix}mark-${number}`}
        label={t.thread.note(number)}
      >
        {number}
      </Jump>
    </sup>
  );
}

export function Notes({ definitions, context }: { definitions: FootnoteDefinition[]; context: TreeContext }) {
  const known = new Map(definitions.map((one) => [one.identifier, one]));
  return (
    <ol className="md-notes">
      {context.notes.map((name, place) => {
        const note = known.get(name);
        const number = place + 1;
        return (
          <li key={name} id={`${context.prefix}note-${number}`} tabIndex={-1}>
            {note && children(note, context)}
            <Jump to={`${context.prefix}mark-${number}`} label={t.thread.noteBack(number)}>
              ↩
            </Jump>
          </li>
        );
      })}
    </ol>
  );
}
