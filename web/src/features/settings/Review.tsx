/** What a save would change, setting by setting and in the text; and the save itself. */
import { Button, Modal, Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { t } from '@/i18n';
import { count } from '@/i18n/format';
import { disabledBecause } from '@/ui/disabledBecause';
import { ErrorNote } from '@/ui/ErrorNote';
import { Note } from '@/ui/Note';
import { toastUndo } from '@/ui/toast';
import { FaultList } from './Banners';
import { ChangeList } from './ChangeList';
import { faultsIn, isStale, undoSave, useSaving, useText } from './data';
import type { Desk } from './desk';
import { currentDraft, setDraft } from './draft';
import type { Draft } from './draft.logic';

const Diff = lazy(() => import('./TomlEditor').then(({ TomlDiff }) => ({ default: TomlDiff })));

interface ReviewProps {
  desk: Desk;
  draft: Draft;
  onClose: () => void;
}

export function Review({ desk, draft, onClose }: ReviewProps) {
  const { checked, fresh, faults, checkFailed, whyNot } = desk;
  const text = useText(true);
  const { save, reread } = useSaving();
  const submit = () =>
    save.mutate(draft, {
      onSuccess: ({ etag, changes }) => {
        // What was typed since is another draft.
        if (currentDraft() === draft) setDraft(undefined);
        onClose();
        const { length } = changes;
        toastUndo({
          id: `settings-${etag}`,
          message: length > 0 ? t.settings.saved(count(length), length === 1) : t.settings.savedText,
          undo: () => undoSave(etag).then(reread),
          undone: t.settings.takenBack,
        });
      },
      onError: (error) => {
        if (!isStale(error)) return;
        void reread();
        onClose();
      },
    });
  const waits = checked?.restart ?? [];
  const ready = checked?.valid === true && fresh;
  const refused = save.isError && !isStale(save.error);
  return (
    <Modal
      opened
      size="xl"
      onClose={onClose}
      title={t.settings.reviewTitle}
      closeButtonProps={{ 'aria-label': t.common.close }}
      classNames={{ content: 'config-review' }}
    >
      {checkFailed !== null && !checked && <ErrorNote error={checkFailed} />}
      {!checked && checkFailed === null && <Skeleton h={200} aria-busy="true" />}
      {checked && (
        <>
          {faults.length > 0 && (
            <Note tone="bad" role="alert" title={t.settings.faults}>
              <FaultList faults={faults} toText={draft.toml !== undefined} />
            </Note>
          )}
          {checked.warnings.length > 0 && (
            <Note tone="info" title={t.settings.warningsTitle}>
              <FaultList faults={checked.warnings} toText={draft.toml !== undefined} />
            </Note>
          )}
          <h3 className="config-review-title">{t.settings.changes}</h3>
          {checked.changes.length > 0 ? (
            <>
              <ChangeList changes={checked.changes} label={t.settings.changes} />
              <p className="dimmed">
                {waits.length > 0
                  ? t.settings.waitsForRestart(count(waits.length), waits.length === 1)
                  : t.settings.allAtOnce}
              </p>
            </>
          ) : (
            faults.length === 0 && <p className="dimmed">{t.settings.noSettingChanges}</p>
          )}
          {text.data && text.data.toml !== checked.toml && (
            <>
              <h3 className="config-review-title">{t.settings.textDiff}</h3>
              <Suspense fallback={<Skeleton h={160} />}>
                <Diff label={t.settings.diffLabel} before={text.data.toml} after={checked.toml} />
              </Suspense>
            </>
          )}
        </>
      )}
      {refused && (
        <>
          <ErrorNote title={t.settings.saveFailed} error={save.error} />
          <FaultList faults={faultsIn(save.error)} toText={draft.toml !== undefined} />
        </>
      )}
      <div className="dialog-actions">
        <Button variant="default" onClick={onClose}>
          {t.common.cancel}
        </Button>
        <Button
          data-autofocus
          loading={save.isPending || (!fresh && !checkFailed)}
          onClick={submit}
          {...disabledBecause(whyNot ?? (ready ? undefined : t.settings.faults))}
        >
          {t.settings.save}
        </Button>
      </div>
    </Modal>
  );
}
