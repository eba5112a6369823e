/** Colours for code: loaded with the first finished code block. Makes elements, never a string of HTML. */
import type { ElementContent, RootContent } from 'hast';
import { createLowlight } from 'lowlight';
import { Fragment, type ReactNode } from 'react';
import { grammarOf, loadGrammar } from './languages';

const colours = createLowlight();

/** Undefined where nobody knows the language. */
export async function highlight(code: string, language: string): Promise<ReactNode> {
  const name = grammarOf(language);
  if (!name) return undefined;
  if (!colours.registered(name)) colours.register(name, await loadGrammar(name));
  return elements(colours.highlight(name, code).children);
}

const elements = (nodes: readonly (RootContent | ElementContent)[]): ReactNode =>
  nodes.map((node, place) => {
    if (node.type === 'text') return node.value;
    if (node.type !== 'element') return null;
    const { className } = node.properties;
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: made once
      <Fragment key={place}>
        <span className={Array.isArray(className) ? className.join(' ') : undefined}>
          {elements(node.children)}
        </span>
      </Fragment>
    );
  });
