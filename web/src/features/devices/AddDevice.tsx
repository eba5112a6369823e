/** A code and an address for one more device. */
import { Button, Loader, Modal, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, take } from '@/api/client';
import { t } from '@/i18n';
import { countdown } from '@/i18n/format';
import { CopyBlock } from '@/ui/CopyBlock';
import { ErrorNote } from '@/ui/ErrorNote';
import { useNow } from '@/ui/useNow';

const isLoopback = (url: string) => /^https?:\/\/(localhost|127\.|\[::1\])/.test(url);

export function AddDevice({ onClose }: { onClose: () => void }) {
  const initiate = useMutation({
    mutationFn: () => take(api.POST('/api/pairing/initiate', { body: {} })),
  });
  const { mutate, data, error } = initiate;
  useEffect(() => mutate(), [mutate]);
  const now = useNow(1_000, data !== undefined);
  const left = data ? (new Date(data.expires_at).getTime() - now) / 1_000 : 0;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.devices.addTitle}
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <Text fz="sm" c="dimmed" mb="md">
        {t.devices.addBody}
      </Text>
      {error && <ErrorNote error={error} onRetry={() => mutate()} />}
      {!data && !error && <Loader aria-label={t.common.loading} />}
      {data && (
        <>
          <h3 className="add-label">{t.devices.code}</h3>
          <p className="add-code" data-expired={left <= 0 || undefined}>
            {data.pairing_code}
          </p>
          <h3 className="add-label">{t.devices.link}</h3>
          <CopyBlock text={data.url} label={t.devices.copyLink} />
          {isLoopback(data.url) && (
            <Text fz="sm" c="dimmed" mt="sm">
              {t.devices.loopback}
            </Text>
          )}
          <div className="add-foot num">
            <span role={left <= 0 ? 'alert' : undefined}>
              {left > 0 ? t.devices.expiresIn(countdown(left)) : t.devices.expired}
            </span>
            {left <= 0 && (
              <Button size="compact-sm" onClick={() => mutate()}>
                {t.devices.newCode}
              </Button>
            )}
          </div>
        </>
      )}
    </Modal>
  );
}
