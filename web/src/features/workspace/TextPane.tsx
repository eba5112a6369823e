/** The editor with the line below it; what is typed becomes a draft at once. */
import { Skeleton } from '@mantine/core';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { WorkspaceFile } from '@/api/types';
import { t } from '@/i18n';
import { bytes, count } from '@/i18n/format';
import { RelativeTime } from '@/ui/RelativeTime';
import { draftOf, setDraft } from './drafts';
import { wideEnds } from './file.logic';

const Editor = lazy(() => import('./Editor'));

export interface TextPaneProps {
  path: string;
  text: string;
  /** Undefined: it is not there any more, or not yet. */
  file: WorkspaceFile | undefined;
  theirs: string | undefined;
  fixed: boolean;
  line: number | undefined;
}

export function TextPane({ path, text, file, theirs, fixed, line }: TextPaneProps) {
  const [at, setAt] = useState<[line: number, column: number]>([1, 1]);
  const content = file?.content ?? undefined;
  const ends = useMemo(() => wideEnds(content ?? ''), [content]);
  const type = (typed: string) => {
    const before = draftOf(path);
    if (typed === content) setDraft(path, undefined);
    else setDraft(path, { text: typed, base: before ? before.base : (file?.etag ?? null) });
  };
  return (
    <div className="ws-text">
      <Suspense fallback={<Skeleton className="ws-editor-waits" />}>
        <Editor
          path={path}
          text={text}
          ends={ends}
          theirs={theirs}
          fixed={fixed}
          line={line}
          onChange={type}
          onCursor={(line, column) => setAt([line, column])}
        />
      </Suspense>
      <div className="ws-foot">
        <span>{t.workspace.position(count(at[0]), count(at[1]))}</span>
        {file && <span>{bytes(file.size)}</span>}
        {file?.modified && (
          <span className="ws-foot-end">
            {t.workspace.changed} <RelativeTime at={file.modified} />
          </span>
        )}
      </div>
    </div>
  );
}
