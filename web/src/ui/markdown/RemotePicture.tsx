/**
 * A picture that a model's text would load from elsewhere. Asking for it would carry words of the conversation away
 * in its address, so nobody is asked until the reader decides to; then it opens in a tab of its own.
 */
import { IconPhotoOff } from '@tabler/icons-react';
import { t } from '@/i18n';
import { hostOf } from './address';

export function RemotePicture({ address, name }: { address: string; name: string }) {
  const host = hostOf(address);
  return (
    <span className="remote-picture">
      <IconPhotoOff size={20} stroke={1.6} aria-hidden />
      <span className="remote-picture-words">
        {name && <span className="remote-picture-name">{name}</span>}
        <span className="remote-picture-host">{t.thread.remotePicture(host)}</span>
      </span>
      <a
        href={address}
        title={address}
        target="_blank"
        rel="noopener noreferrer nofollow"
        aria-label={t.thread.openPictureLabel(name || t.thread.aPicture, host)}
      >
        {t.thread.openPicture}
      </a>
    </span>
  );
}
