/** The uploads: how far they are, and what to do about a file that is there already. */
import { ActionIcon, Button, Progress } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { t } from '@/i18n';
import { bytes, percent } from '@/i18n/format';
import { tip } from '@/ui/Tips';
import { nameOf } from './paths.logic';
import { clearUploads, retryUpload, stopUpload, useUploads } from './uploads';
import { sumOf, type Upload } from './uploads.logic';

export function UploadList() {
  const uploads = useUploads();
  if (uploads.length === 0) return null;
  const { total, sent, left } = sumOf(uploads);
  return (
    <section className="ws-uploads" aria-label={t.workspace.uploads}>
      <div className="ws-uploads-head">
        <h2>{t.workspace.uploads}</h2>
        <span className="dimmed num" role="status">
          {left > 0
            ? `${percent(total > 0 ? sent / total : 0)} · ${bytes(total)}`
            : t.workspace.uploaded(uploads.filter(({ state }) => state === 'done').length)}
        </span>
        <ActionIcon variant="subtle" color="gray" {...tip(t.workspace.clearUploads)} onClick={clearUploads}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </div>
      <ul>
        {uploads.map((upload) => (
          <li key={upload.id} className="ws-upload" data-state={upload.state}>
            <span className="ws-upload-name" title={upload.path}>
              {nameOf(upload.path)}
            </span>
            <State upload={upload} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function State({ upload }: { upload: Upload }) {
  const { id, path, size, sent, state, error } = upload;
  switch (state) {
    case 'waiting':
    case 'running':
      return (
        <>
          <Progress
            className="ws-upload-bar"
            value={size > 0 ? (sent / size) * 100 : 0}
            aria-label={t.workspace.uploadOf(nameOf(path))}
          />
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            {...tip(t.workspace.stop)}
            onClick={() => stopUpload(id)}
          >
            <IconX size={14} aria-hidden />
          </ActionIcon>
        </>
      );
    case 'done':
      return (
        <span className="ws-saved">
          <IconCheck size={14} stroke={2} aria-hidden /> {t.workspace.uploadDone}
        </span>
      );
    case 'exists':
      return (
        <span className="ws-upload-asks">
          <span>{t.workspace.uploadExists}</span>
          <Button size="compact-xs" variant="default" onClick={() => retryUpload(id, 'replace')}>
            {t.workspace.replaceIt}
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => retryUpload(id, 'rename')}>
            {t.workspace.keepBoth}
          </Button>
        </span>
      );
    case 'failed':
    case 'stopped':
      return (
        <span className="ws-upload-asks">
          <span>{error ?? t.workspace.uploadStopped}</span>
          <Button size="compact-xs" variant="default" onClick={() => retryUpload(id, 'fail')}>
            {t.common.retry}
          </Button>
        </span>
      );
  }
}
