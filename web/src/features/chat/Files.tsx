/** The files of a message: pictures as thumbnails that open large, everything else by name. */
import { IconFileText, IconPhoto } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { t } from '@/i18n';
import { bytes } from '@/i18n/format';
import type { RowFile } from './thread.logic';

const Lightbox = lazy(() => import('./Lightbox'));

export interface Stored {
  name: string;
  media_type: string;
  size: number;
  url: string;
}

const isPicture = (file: RowFile) => /^image\/(png|jpeg|gif|webp)$/.test(file.media_type);
const isStored = (file: RowFile): file is Stored => file.url !== undefined;

export function Files({ files }: { files: readonly RowFile[] }) {
  const [shown, setShown] = useState<number | null>(null);
  // It stays once it was wanted, so that closing it hands the focus back.
  const [opened, setOpened] = useState(false);
  const open = (file: Stored) => {
    setOpened(true);
    setShown(pictures.indexOf(file));
  };
  const pictures = files.filter((file): file is Stored => isStored(file) && isPicture(file));
  if (files.length === 0) return null;
  return (
    <>
      <ul className="files" aria-label={t.thread.attachments}>
        {files.map((file, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a message's files do not move
          <li key={place}>
            {isStored(file) && isPicture(file) ? (
              <Thumbnail file={file} onOpen={() => open(file)} />
            ) : (
              <Chip file={file} />
            )}
          </li>
        ))}
      </ul>
      {opened && (
        <Suspense>
          <Lightbox pictures={pictures} place={shown} onMove={setShown} />
        </Suspense>
      )}
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
