/** One picture of a message, large, with the others beside it. */
import { ActionIcon, Modal } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconExternalLink } from '@tabler/icons-react';
import { t } from '@/i18n';
import { bytes } from '@/i18n/format';
import type { Stored } from './Files';

interface LightboxProps {
  pictures: readonly Stored[];
  place: number | null;
  onMove: (place: number | null) => void;
}

export default function Lightbox({ pictures, place, onMove }: LightboxProps) {
  const file = place === null ? undefined : pictures[place];
  const at = place ?? 0;
  const move = (by: number) => onMove((at + by + pictures.length) % pictures.length);
  const several = pictures.length > 1;
  return (
    <Modal
      opened={file !== undefined}
      onClose={() => onMove(null)}
      size="auto"
      centered
      title={file && <span className="lightbox-title">{file.name}</span>}
      closeButtonProps={{ 'aria-label': t.common.close }}
      onKeyDown={(event) => {
        if (!several || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return;
        event.preventDefault();
        move(event.key === 'ArrowLeft' ? -1 : 1);
      }}
    >
      {file && (
        <figure className="lightbox">
          <img src={file.url} alt={file.name} />
          <figcaption>
            {several && (
              <ActionIcon variant="default" aria-label={t.thread.previousImage} onClick={() => move(-1)}>
                <IconChevronLeft size={18} aria-hidden />
              </ActionIcon>
            )}
            <span className="num">
              {several && `${t.thread.image(at + 1, pictures.length)} · `}
              {bytes(file.size)}
            </span>
            <ActionIcon
              component="a"
              href={file.url}
              target="_blank"
              rel="noopener"
              variant="default"
              aria-label={t.thread.download}
              title={t.thread.download}
            >
              <IconExternalLink size={17} aria-hidden />
            </ActionIcon>
            {several && (
              <ActionIcon variant="default" aria-label={t.thread.nextImage} onClick={() => move(1)}>
                <IconChevronRight size={18} aria-hidden />
              </ActionIcon>
            )}
          </figcaption>
        </figure>
      )}
    </Modal>
  );
}
