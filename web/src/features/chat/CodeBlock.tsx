/** A block of code in an answer: its language, a copy button, and colours once it is complete. */
import { memo, type ReactNode, useEffect, useState } from 'react';
import { t } from '@/i18n';
import { CopyButton } from '@/ui/CopyButton';

/** Colouring longer code than this would hold up the page. */
const MOST_COLOURED = 60_000;

export const CodeBlock = memo(function CodeBlock(props: { code: string; language: string; done: boolean }) {
  const { code, language, done } = props;
  const [coloured, setColoured] = useState<ReactNode>();
  useEffect(() => {
    if (!done || !language || code.length > MOST_COLOURED) return;
    let current = true;
    import('./highlight')
      .then(({ highlight }) => current && setColoured(highlight(code, language)))
      // Colours are a nicety: plain code is shown when they can't be had.
      .catch(() => undefined);
    return () => {
      current = false;
    };
  }, [code, language, done]);
  const name = language || t.chat.plainText;
  return (
    <div className="code">
      <div className="code-bar">
        <span>{name}</span>
        <CopyButton value={code} label={t.chat.copyCode} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div role="group" tabIndex={0} aria-label={t.chat.codeLabel(name)} className="code-scroll">
        <pre>
          <code>{coloured ?? code}</code>
        </pre>
      </div>
    </div>
  );
});
