/** What stands over a file: its name, how it is shown, whether it is saved, and what can be done with it. */
import { ActionIcon, Button, SegmentedControl } from '@mantine/core';
import { IconArrowLeft, IconCheck, IconX } from '@tabler/icons-react';
import { Fragment } from 'react';
import type { WorkspaceFile } from '@/api/types';
import { downloadUrl } from '@/api/upload';
import { t } from '@/i18n';
import { ActionMenu } from '@/ui/ActionMenu';
import { copyText } from '@/ui/copy';
import { disabledBecause } from '@/ui/disabledBecause';
import { tip } from '@/ui/Tips';
import { toast } from '@/ui/toast';
import type { FilePaneProps } from './FilePane';
import type { Standing } from './file.logic';
import { folderOf, isMarkdown, nameOf } from './paths.logic';
import type { View } from './query.logic';

interface FileHeadProps extends FilePaneProps {
  file: WorkspaceFile | undefined;
  standing: Standing;
  saving: boolean;
  onSave: () => void;
  onDiscard: () => void;
}

export function FileHead(props: FileHeadProps) {
  const { path, query, go, whyNot, file, standing, saving, onSave, onDiscard } = props;
  const unsaved = standing !== 'same';
  const hasText = file ? file.kind === 'text' : unsaved;
  const views: { value: View | 'text'; label: string }[] = [
    { value: 'text', label: t.workspace.edit },
    ...(isMarkdown(path) ? [{ value: 'preview' as const, label: t.workspace.preview }] : []),
    { value: 'history', label: t.workspace.history },
  ];
  return (
    <header className="ws-head">
      <ActionIcon
        className="ws-phone"
        variant="subtle"
        color="gray"
        {...tip(t.workspace.back)}
        onClick={() => go({ file: undefined })}
      >
        <IconArrowLeft size={18} aria-hidden />
      </ActionIcon>
      <div className="ws-title">
        <span className="ws-folders" aria-hidden>
          {folderOf(path)
            .split('/')
            .filter(Boolean)
            .map((name, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a path's names do not change places
              <Fragment key={at}>
                {name}
                <span className="ws-slash">/</span>
              </Fragment>
            ))}
        </span>
        <h1 className="ws-filename">{nameOf(path)}</h1>
        <span className="ws-state" role="status">
          {unsaved ? (
            <>
              <span className="ws-unsaved" aria-hidden /> {t.workspace.unsaved}
            </>
          ) : (
            file?.kind === 'text' &&
            file.version && (
              <span className="ws-saved">
                <IconCheck size={14} stroke={2} aria-hidden /> {t.workspace.saved}
              </span>
            )
          )}
        </span>
      </div>
      <div className="ws-head-actions">
        {(hasText || query.view === 'history') && (
          <SegmentedControl
            size="xs"
            aria-label={t.workspace.modes}
            value={query.view ?? 'text'}
            data={views}
            onChange={(value) => go({ view: value === 'text' ? undefined : (value as View) })}
          />
        )}
        {unsaved && (
          <Button size="compact-sm" variant="subtle" color="gray" onClick={onDiscard}>
            {t.workspace.discard}
          </Button>
        )}
        <Button
          size="compact-sm"
          loading={saving}
          data-tip={t.workspace.saveHint}
          onClick={onSave}
          {...disabledBecause(whyNot ?? (unsaved ? undefined : t.workspace.nothingToSave))}
        >
          {t.common.save}
        </Button>
        <ActionMenu
          label={t.workspace.actions(nameOf(path))}
          entries={() => [
            { label: t.workspace.rename, why: whyNot, onSelect: () => props.onRename(path) },
            file && { label: t.workspace.download, href: downloadUrl(path), download: true },
            {
              label: t.workspace.copyPath,
              onSelect: () =>
                void copyText(path).then((copied) =>
                  copied ? toast.done(t.workspace.pathCopied) : toast.note(t.common.copyFailed),
                ),
            },
            'line',
            {
              label: t.common.delete,
              danger: true,
              why: whyNot,
              onSelect: () => void props.actions.trash(path),
            },
          ]}
        />
        <ActionIcon
          className="ws-wide"
          variant="subtle"
          color="gray"
          {...tip(t.workspace.close)}
          onClick={() => go({ file: undefined })}
        >
          <IconX size={17} aria-hidden />
        </ActionIcon>
      </div>
    </header>
  );
}
