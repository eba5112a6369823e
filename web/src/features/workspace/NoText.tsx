/** A file that is not shown as text: a picture, or what it is and a way to have it. */
import { Button } from '@mantine/core';
import { IconDownload, IconFileUnknown } from '@tabler/icons-react';
import type { WorkspaceFile } from '@/api/types';
import { downloadUrl } from '@/api/upload';
import { t } from '@/i18n';
import { bytes } from '@/i18n/format';
import { EmptyState } from '@/ui/EmptyState';
import { isPicture } from './paths.logic';

export function NoText({ file }: { file: WorkspaceFile }) {
  const facts = t.workspace.fileFacts(file.media_type, bytes(file.size));
  const download = (
    <Button
      component="a"
      href={downloadUrl(file.path)}
      download
      variant="default"
      leftSection={<IconDownload size={16} aria-hidden />}
    >
      {t.workspace.download}
    </Button>
  );
  if (file.kind === 'binary' && isPicture(file.media_type))
    return (
      <figure className="ws-picture">
        <img
          src={`${downloadUrl(file.path, true)}&etag=${file.etag ?? ''}`}
          alt={t.workspace.pictureOf(file.name)}
        />
        <figcaption>
          {facts} {download}
        </figcaption>
      </figure>
    );
  return (
    <EmptyState
      icon={IconFileUnknown}
      title={file.kind === 'large' ? t.workspace.largeTitle : t.workspace.binaryTitle}
      body={facts}
    >
      {download}
    </EmptyState>
  );
}
