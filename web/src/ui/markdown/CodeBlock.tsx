/** A block of code in an answer: its language, a copy button, and colours once it is complete. */
import { ActionIcon } from '@mantine/core';
import { IconTextWrap } from '@tabler/icons-react';
import { lazy, memo, type ReactNode, Suspense, useEffect, useState } from 'react';
import { t } from '@/i18n';
import { CopyButton } from '@/ui/CopyButton';
import { tip } from '@/ui/Tips';

/** Colouring longer code than this would hold up the page. */
const MOST_COLOURED = 60_000;

const Diagram = lazy(() => import('./Diagram'));

export interface CodeBlockProps {
  code: string;
  language: string;
  /** No more of it will come. */
  done: boolean;
}

export const CodeBlock = memo(function CodeBlock(props: CodeBlockProps) {
  const plain = <PlainCode {...props} />;
  if (!props.done || props.language !== 'mermaid') return plain;
  return (
    <Suspense fallback={plain}>
      <Diagram source={props.code}>{plain}</Diagram>
    </Suspense>
  );
});

function PlainCode({ code, language, done }: CodeBlockProps) {
  const coloured = useColours(code, language, done);
  const [wrapped, setWrapped] = useState(false);
  const name = language || t.thread.plainText;
  return (
    <div className="code">
      <div className="code-bar">
        <span>{name}</span>
        <span className="code-actions">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-pressed={wrapped}
            {...tip(t.thread.wrapCode)}
            onClick={() => setWrapped(!wrapped)}
          >
            <IconTextWrap size={15} aria-hidden />
          </ActionIcon>
          <CopyButton value={code} label={t.thread.copyCode} />
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div role="group" tabIndex={0} aria-label={t.thread.codeLabel(name)} className="code-scroll">
        <pre data-wrapped={wrapped || undefined}>
          <code>{coloured ?? code}</code>
        </pre>
      </div>
    </div>
  );
}

function useColours(code: string, language: string, done: boolean): ReactNode {
  const [coloured, setColoured] = useState<{ of: string; code: ReactNode }>();
  useEffect(() => {
    if (!done || !language || code.length > MOST_COLOURED) return;
    let current = true;
    import('./highlight')
      .then(({ highlight }) => highlight(code, language))
      .then((made) => current && setColoured({ of: code, code: made }))
      // Colours are a nicety: plain code is shown when they can't be had.
      .catch(() => undefined);
    return () => {
      current = false;
    };
  }, [code, language, done]);
  return coloured?.of === code ? coloured.code : undefined;
}
