/**
 * A Mermaid diagram. It is drawn in a frame with a policy of its own, where nothing can be fetched or run, and shown
 * as a picture: what a picture holds can't act on the page.
 */
import { SegmentedControl, useComputedColorScheme } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { t } from '@/i18n';
import { CopyButton } from '@/ui/CopyButton';
import { type Drawn, draw } from './diagrams';

interface Shown extends Drawn {
  url: string;
}

export default function Diagram({ source, children }: { source: string; children: ReactNode }) {
  const scheme = useComputedColorScheme('dark');
  const [view, setView] = useState<'picture' | 'source'>('picture');
  const [shown, setShown] = useState<Shown>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let current = true;
    let url: string | undefined;
    setFailed(false);
    draw(source, scheme).then(
      (drawn) => {
        if (!current) return;
        url = URL.createObjectURL(new Blob([drawn.svg], { type: 'image/svg+xml' }));
        setShown({ ...drawn, url });
      },
      () => current && setFailed(true),
    );
    return () => {
      current = false;
      if (url) URL.revokeObjectURL(url);
    };
  }, [source, scheme]);

  if (failed)
    return (
      <>
        {children}
        <p className="diagram-note">{t.thread.noDiagram}</p>
      </>
    );
  if (!shown) return children;
  return (
    <div className="code diagram">
      <div className="code-bar">
        <SegmentedControl
          size="xs"
          aria-label={t.thread.diagramView}
          value={view}
          onChange={(value) => setView(value === 'source' ? 'source' : 'picture')}
          data={[
            { value: 'picture', label: t.thread.diagram },
            { value: 'source', label: t.thread.source },
          ]}
        />
        <CopyButton value={source} label={t.thread.copyDiagram} />
      </div>
      {view === 'source' ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <div role="group" tabIndex={0} aria-label={t.thread.codeLabel('mermaid')} className="code-scroll">
          <pre>
            <code>{source}</code>
          </pre>
        </div>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        <div role="group" tabIndex={0} aria-label={t.thread.diagram} className="code-scroll diagram-picture">
          <img
            src={shown.url}
            width={shown.width}
            height={shown.height}
            alt={t.thread.diagramAlt(shown.kind)}
          />
        </div>
      )}
    </div>
  );
}
