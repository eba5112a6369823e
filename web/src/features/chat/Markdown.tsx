/**
 * An answer as it is read. The model's text is not trusted: HTML in it stays text, addresses are filtered, and a
 * picture from elsewhere is a link, since loading it would carry words of the conversation away.
 */
import './markdown.css';
import { isValidElement, memo, type ReactNode, useMemo } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';
import remend from 'remend';
import { t } from '@/i18n';
import { splitBlocks } from './blocks';
import { CodeBlock } from './CodeBlock';
import { githubMarkdown } from './githubMarkdown';

interface CodeProps {
  className?: string;
  children?: ReactNode;
}

function words(node: ReactNode): string {
  if (typeof node === 'string' || typeof node === 'number') return String(node);
  if (Array.isArray(node)) return node.map(words).join('');
  return isValidElement<CodeProps>(node) ? words(node.props.children) : '';
}

const Elsewhere = ({ href, children }: { href: string; children: ReactNode }) => (
  <a href={href} target="_blank" rel="noopener noreferrer nofollow">
    {children}
  </a>
);

const components = (done: boolean): Components => ({
  pre({ children }) {
    const code = Array.isArray(children) ? children[0] : children;
    const props = isValidElement<CodeProps>(code) ? code.props : {};
    const language = /language-([\w+#-]+)/.exec(props.className ?? '')?.[1]?.toLowerCase() ?? '';
    return <CodeBlock code={words(props.children).replace(/\n$/, '')} language={language} done={done} />;
  },
  a: ({ href, children }) => (href ? <Elsewhere href={href}>{children}</Elsewhere> : <span>{children}</span>),
  img({ src, alt }) {
    const address = typeof src === 'string' ? src : '';
    const name = t.chat.image(alt || address);
    return address ? <Elsewhere href={address}>{name}</Elsewhere> : <span>{name}</span>;
  },
  input: ({ checked }) => (
    <input
      type="checkbox"
      checked={Boolean(checked)}
      readOnly
      disabled
      aria-label={checked ? t.chat.done : t.chat.notDone}
    />
  ),
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div role="group" className="md-table" tabIndex={0} aria-label={t.chat.table}>
      <table>{children}</table>
    </div>
  ),
});
const GROWING = components(false);
const DONE = components(true);

const Block = memo(function Block({ source, done }: { source: string; done: boolean }) {
  return (
    <ReactMarkdown
      remarkPlugins={[githubMarkdown]}
      rehypePlugins={[rehypeSanitize]}
      components={done ? DONE : GROWING}
    >
      {done ? source : remend(source)}
    </ReactMarkdown>
  );
});

export const Markdown = memo(function Markdown({ text, growing }: { text: string; growing: boolean }) {
  const blocks = useMemo(() => splitBlocks(text), [text]);
  return (
    <div className="md">
      {blocks.map((source, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks only ever grow at the end
        <Block key={place} source={source} done={!growing || place < blocks.length - 1} />
      ))}
    </div>
  );
});
