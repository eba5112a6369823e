/** The files of a message: pictures as thumbnails that open large, everything else by name. */
import { ActionIcon, Modal } from '@mantine/core';
import {
  IconChevronLeft,
  IconChevronRight,
  IconExternalLink,
  IconFileText,
  IconPhoto,
} from '@tabler/icons-react';
import { useState } from 'react';
import { t } from '@/i18n';
import { bytes } from '@/i18n/format';
import type { RowFile } from './thread.logic';

interface Stored {
  name: string;
  media_type: string;
  size: number;
  url: string;
}

const isPicture = (file: RowFile) => /^image\/(png|jpeg|gif|webp)$/.test(file.media_type);
const isStored = (file: RowFile): file is Stored => file.url !== undefined;

export function Files({ files }: { files: readonly RowFile[] }) {
  const [shown, setShown] = useState<number | null>(null);
  const pictures = files.filter((file): file is Stored => isStored(file) && isPicture(file));
  if (files.length === 0) return null;
  return (
    <>
      <ul className="files" aria-label={t.thread.attachments}>
        {files.map((file, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a message's files do not move
          <li key={place}>
            {isStored(file) && isPicture(file) ? (
              <Thumbnail file={file} onOpen={() => setShown(pictures.indexOf(file))} />
            ) : (
              <Chip file={file} />
            )}
          </li>
        ))}
      </ul>
      <Lightbox pictures={pictures} place={shown} onMove={setShown} />
    </>
  );
}

function Thumbnail({ file, onOpen }: { file: Stored; onOpen: () => void }) {
  const [broken, setBroken] = useState(false);
  if (broken) return <Chip file={file} />;
  return (
    <button type="button" className="thumbnail" onClick={onOpen} aria-label={t.thread.openImage(file.name)}>
      <img src={file.url} alt="" loading="lazy" decoding="async" onError={() => setBroken(true)} />
    </button>
  );
}

function Chip({ file }: { file: RowFile }) {
  const Icon = isPicture(file) ? IconPhoto : IconFileText;
  const words = (
    <>
      <Icon size={16} stroke={1.7} aria-hidden />
      <span className="chip-name">{file.name}</span>
      <span className="chip-size num">{bytes(file.size)}</span>
    </>
  );
  if (!isStored(file)) return <span className="chip">{words}</span>;
  return (
    <a
      className="chip"
      href={file.url}
      target="_blank"
      rel="noopener"
      aria-label={t.thread.openFile(file.name, bytes(file.size))}
    >
      {words}
    </a>
  );
}

interface LightboxProps {
  pictures: readonly Stored[];
  place: number | null;
  onMove: (place: number | null) => void;
}

function Lightbox({ pictures, place, onMove }: LightboxProps) {
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
