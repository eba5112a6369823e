/** config.toml as a text, with what the gateway says of it while one types. */
import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { ConfigFault } from '@/api/types';
import { t } from '@/i18n';
import { ErrorNote } from '@/ui/ErrorNote';
import { ErrorState } from '@/ui/ErrorState';
import { FaultList } from './Banners';
import { useEditedText, useText } from './data';
import type { Desk } from './desk';
import { setDraft } from './draft';
import { withoutSecrets } from './draft.logic';

const Editor = lazy(() => import('./TomlEditor').then(({ TomlEditor }) => ({ default: TomlEditor })));

const NONE: readonly ConfigFault[] = [];

export function TextView({
  desk,
  line,
  onSave,
}: {
  desk: Desk;
  line: number | undefined;
  onSave: () => void;
}) {
  const { draft, view, whyNot, faults } = desk;
  const text = useText(true);
  // What was changed in the form stands in the text already; new secrets do not.
  const { shown, secrets } = withoutSecrets(
    draft && draft.toml === undefined ? draft.edits : {},
    desk.isSecret,
  );
  const edited = useEditedText(shown, view.etag);
  if (text.isError && !text.data)
    return <ErrorState error={text.error} onRetry={() => void text.refetch()} />;
  const waits = draft?.toml === undefined && edited.wanted && edited.isPending;
  if (text.isPending || waits) return <Loading />;
  const onDisk = text.data.toml;
  const value = draft?.toml ?? (edited.wanted ? edited.data?.toml : undefined) ?? onDisk;
  const marked = draft || view.refused.length > 0 ? faults : NONE;
  const warned = draft ? (desk.checked?.warnings ?? NONE) : view.warnings;
  const change = (next: string) => {
    const kept = draft?.toml === undefined ? secrets : draft.edits;
    const begun = draft ?? { etag: text.data.etag, config: view.config };
    const same = next === onDisk && Object.keys(kept).length === 0;
    setDraft(same ? undefined : { ...begun, toml: next, edits: kept });
  };
  return (
    <div className="config-text">
      <p className="dimmed">{t.settings.textHint}</p>
      <Suspense fallback={<Loading />}>
        <Editor
          label={t.settings.textLabel}
          value={value}
          faults={marked}
          warnings={warned}
          line={line}
          readOnly={whyNot !== undefined}
          onChange={change}
          onSave={onSave}
        />
      </Suspense>
      <div className="config-text-state" role="status" aria-label={t.settings.faults}>
        {marked.length + warned.length > 0 ? (
          <FaultList faults={[...marked, ...warned]} toText />
        ) : desk.checkFailed ? (
          <ErrorNote error={desk.checkFailed} />
        ) : (
          draft && (desk.fresh && desk.checked ? t.settings.valid : t.settings.checking)
        )}
      </div>
    </div>
  );
}

const Loading = () => (
  <Skeleton h={420} radius="md" aria-busy="true" role="status" aria-label={t.settings.loadingText} />
);
