/** A code for one more device, to scan, open or type in. Closes by itself once the device has paired. */
import { Button, Modal, NativeSelect, Skeleton } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { api, take } from '@/api/client';
import type { Device, Scope } from '@/api/types';
import { t } from '@/i18n';
import { countdown } from '@/i18n/format';
import { CopyBlock } from '@/ui/CopyBlock';
import { CopyButton } from '@/ui/CopyButton';
import { ErrorNote } from '@/ui/ErrorNote';
import { Note } from '@/ui/Note';
import { StatusDot } from '@/ui/StatusDot';
import { toast } from '@/ui/toast';
import { useNow } from '@/ui/useNow';
import { LASTS, lastsWords } from './looks';

const QrCode = lazy(() => import('./QrCode'));

const SCOPES: readonly Scope[] = ['admin', 'chat', 'read'];

export interface AddDeviceProps {
  /** Those that are known: a further one is the one that is waited for. */
  devices: readonly Device[] | undefined;
  onClose: () => void;
}

export function AddDevice({ devices, onClose }: AddDeviceProps) {
  const [scope, setScope] = useState<Scope>('admin');
  const [days, setDays] = useState(0);
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: (wish: { scope: Scope; days: number }) =>
      take(
        api.POST('/api/pairing/initiate', {
          body: { scopes: [wish.scope], expires_in_days: wish.days },
        }),
      ),
    // Shown where the code would be.
    meta: { saidInPlace: true },
  });
  useEffect(() => mutate({ scope, days }), [mutate, scope, days]);
  useNewcomer(devices, (device) => {
    toast.done(t.devices.paired(device.name));
    onClose();
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size={460}
      title={t.devices.addTitle}
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      {error ? (
        <ErrorNote error={error} onRetry={() => mutate({ scope, days })} />
      ) : (
        <Invitation
          key={data?.pairing_code ?? 'none'}
          made={isPending ? undefined : data}
          onAnew={() => mutate({ scope, days })}
        />
      )}
      <div className="add-wishes">
        <NativeSelect
          label={t.devices.may}
          value={scope}
          onChange={(event) => setScope(event.currentTarget.value as Scope)}
          data={SCOPES.map((value) => ({ value, label: t.devices.scopeWords[value] }))}
        />
        <NativeSelect
          label={t.devices.lasts}
          value={String(days)}
          onChange={(event) => setDays(Number(event.currentTarget.value))}
          data={LASTS.map((value) => ({ value: String(value), label: lastsWords(value) }))}
        />
      </div>
      <p className="add-hint">{t.devices.scopeMore[scope]}</p>
    </Modal>
  );
}

/** Tells of a device that was not there when the dialog opened, whichever way the page learnt of it. */
function useNewcomer(devices: readonly Device[] | undefined, found: (device: Device) => void) {
  const known = useRef<ReadonlySet<string> | undefined>(undefined);
  const told = useRef(found);
  told.current = found;
  useEffect(() => {
    if (!devices) return;
    known.current ??= new Set(devices.map(({ id }) => id));
    const newcomer = devices.find(({ id }) => !known.current?.has(id));
    if (newcomer) told.current(newcomer);
  }, [devices]);
}

interface Made {
  pairing_code: string;
  expires_at: string;
  url: string;
  reachable_urls: string[];
}

const hostOf = (url: string) => new URL(url).origin;

function Invitation({ made, onAnew }: { made: Made | undefined; onAnew: () => void }) {
  const [chosen, setChosen] = useState(0);
  const now = useNow(1_000, made !== undefined);
  const left = made ? (Date.parse(made.expires_at) - now) / 1_000 : 1;
  const over = left <= 0;
  const reachable = made?.reachable_urls ?? [];
  const url = reachable[chosen] ?? made?.url;
  const elsewhere = !made || reachable.length > 0;
  return (
    <>
      <p className="add-body">{elsewhere ? t.devices.addBody : t.devices.addBodyHere}</p>
      {elsewhere && (
        <div className="add-qr" data-over={over || undefined}>
          {url && made ? (
            <Suspense fallback={<Skeleton h={208} w={208} />}>
              <QrCode text={url} label={hostOf(url)} />
            </Suspense>
          ) : (
            <Skeleton h={208} w={208} />
          )}
        </div>
      )}
      <div className="add-code-row">
        <h3 className="add-label">{t.devices.code}</h3>
        {made ? (
          <>
            <p className="add-code" data-expired={over || undefined}>
              {made.pairing_code}
            </p>
            <CopyButton value={made.pairing_code} label={t.devices.copyCode} size={17} />
          </>
        ) : (
          <Skeleton h={34} w={190} />
        )}
      </div>
      {reachable.length > 1 && (
        <NativeSelect
          mb="xs"
          label={t.devices.addresses}
          value={String(chosen)}
          onChange={(event) => setChosen(Number(event.currentTarget.value))}
          data={reachable.map((one, place) => ({ value: String(place), label: hostOf(one) }))}
        />
      )}
      {url && made ? <CopyBlock text={url} label={t.devices.copyLink} /> : <Skeleton h={44} />}
      <div className="add-foot num">
        <span role={over ? 'alert' : undefined}>
          {over ? (
            t.devices.expired
          ) : (
            <StatusDot tone="busy">
              {made ? `${t.devices.waiting} · ${t.devices.expiresIn(countdown(left))}` : t.devices.waiting}
            </StatusDot>
          )}
        </span>
        {over && (
          <Button size="compact-sm" onClick={onAnew}>
            {t.devices.newCode}
          </Button>
        )}
      </div>
      {made && reachable.length === 0 && (
        <div className="add-loopback">
          <Note tone="info">{t.devices.loopback}</Note>
        </div>
      )}
    </>
  );
}
