/** What is asked before a device is changed: its name, its rights, its end, a new token, its leave. */
import { Button, Modal, NativeSelect } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { leave } from '@/api/auth';
import { api, take } from '@/api/client';
import type { Device, Scope } from '@/api/types';
import { t } from '@/i18n';
import { absoluteTime } from '@/i18n/format';
import { ConfirmDanger } from '@/ui/ConfirmDanger';
import { CopyBlock } from '@/ui/CopyBlock';
import { failureOf } from '@/ui/failure';
import { NameDialog } from '@/ui/NameDialog';
import { toast } from '@/ui/toast';
import { highest, LASTS, lastsWords } from './looks';
import { ScopeChoice } from './ScopeChoice';

export type Asking = 'name' | 'rights' | 'expiry' | 'rotate' | 'revoke';

interface DialogProps {
  device: Device;
  onClose: () => void;
}

export function DeviceDialog({ asking, ...props }: DialogProps & { asking: Asking }) {
  switch (asking) {
    case 'name':
      return <Rename {...props} />;
    case 'rights':
      return <Rights {...props} />;
    case 'expiry':
      return <Expiry {...props} />;
    case 'rotate':
      return <Rotate {...props} />;
    case 'revoke':
      return <Revoke {...props} />;
  }
}

type Patch = { name?: string; scopes?: Scope[]; expires_in_days?: number };

const useReread = () => {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['get', '/api/devices'] });
};

function usePatch({ device, onClose }: DialogProps, done?: (changed: Device) => string) {
  const reread = useReread();
  return useMutation({
    mutationFn: (body: Patch) =>
      take(api.PATCH('/api/devices/{id}', { params: { path: { id: device.id } }, body })),
    // Said in the dialog, beside what was chosen; the one for names has no place for it.
    meta: { saidInPlace: done !== undefined },
    onSuccess: (changed) => {
      if (changed && done) toast.done(done(changed));
      onClose();
      return reread();
    },
  });
}

function Rename(props: DialogProps) {
  const rename = usePatch(props);
  return (
    <NameDialog
      title={t.devices.renameTitle}
      label={t.devices.nameLabel}
      value={props.device.name}
      busy={rename.isPending}
      onClose={props.onClose}
      onSave={(name) => rename.mutate({ name })}
    />
  );
}

interface ChoiceProps extends DialogProps {
  title: string;
  busy: boolean;
  error: unknown;
  onSave: () => void;
  children: ReactNode;
}

function Choice({ title, busy, error, onSave, onClose, children }: ChoiceProps) {
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t.common.close }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSave();
        }}
      >
        {children}
        {error ? (
          <p role="alert" className="dialog-error">
            {failureOf(error).message}
          </p>
        ) : null}
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button type="submit" loading={busy}>
            {t.common.save}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function Rights(props: DialogProps) {
  const { device } = props;
  const [scope, setScope] = useState(highest(device.scopes));
  const save = usePatch(props, (changed) =>
    t.devices.rightsDone(changed.name, t.devices.scopeWords[highest(changed.scopes)]),
  );
  return (
    <Choice
      {...props}
      title={t.devices.rightsTitle(device.name)}
      busy={save.isPending}
      error={save.error}
      onSave={() => save.mutate({ scopes: [scope] })}
    >
      <ScopeChoice label={t.devices.rightsBody} value={scope} onChange={setScope} />
    </Choice>
  );
}

function Expiry(props: DialogProps) {
  const { device } = props;
  const [days, setDays] = useState<number>(device.expires_at ? 30 : 0);
  const save = usePatch(props, (changed) => t.devices.expiryDone(changed.name));
  return (
    <Choice
      {...props}
      title={t.devices.expiryTitle(device.name)}
      busy={save.isPending}
      error={save.error}
      onSave={() => save.mutate({ expires_in_days: days })}
    >
      <p className="dialog-body">
        {t.devices.expiryNow}: {device.expires_at ? absoluteTime(device.expires_at) : t.common.never}
      </p>
      <NativeSelect
        label={t.devices.lasts}
        data-autofocus
        value={String(days)}
        onChange={(event) => setDays(Number(event.currentTarget.value))}
        data={LASTS.map((value) => ({ value: String(value), label: lastsWords(value) }))}
      />
    </Choice>
  );
}

function Rotate({ device, onClose }: DialogProps) {
  const reread = useReread();
  const rotate = useMutation({
    mutationFn: () => take(api.POST('/api/devices/{id}/rotate', { params: { path: { id: device.id } } })),
    meta: { saidInPlace: true },
    onSuccess: () => reread(),
  });
  if (rotate.data)
    return (
      <Modal
        opened
        onClose={onClose}
        closeOnClickOutside={false}
        title={t.devices.tokenTitle(device.name)}
        closeButtonProps={{ 'aria-label': t.common.close }}
      >
        <p className="dialog-body">{t.devices.tokenBody}</p>
        <CopyBlock text={rotate.data.token} label={t.devices.copyToken} />
        <div className="dialog-actions">
          <Button onClick={onClose}>{t.devices.done}</Button>
        </div>
      </Modal>
    );
  return (
    <ConfirmDanger
      title={t.devices.rotateTitle(device.name)}
      confirm={t.devices.rotateConfirm}
      busy={rotate.isPending}
      error={rotate.error ? failureOf(rotate.error).message : undefined}
      onConfirm={() => rotate.mutate()}
      onClose={onClose}
    >
      <p className="dialog-body">{t.devices.rotateBody}</p>
      {device.current && <p className="dialog-body">{t.devices.rotateThis}</p>}
    </ConfirmDanger>
  );
}

function Revoke({ device, onClose }: DialogProps) {
  const reread = useReread();
  const revoke = useMutation({
    mutationFn: () => api.DELETE('/api/devices/{id}', { params: { path: { id: device.id } } }),
    meta: { saidInPlace: true },
    onSuccess: () => {
      if (device.current) return leave();
      toast.done(t.devices.revoked(device.name));
      onClose();
      return reread();
    },
  });
  return (
    <ConfirmDanger
      title={t.devices.revokeTitle(device.name)}
      confirm={t.devices.revoke}
      busy={revoke.isPending}
      error={revoke.error ? failureOf(revoke.error).message : undefined}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      <p className="dialog-body">{t.devices.revokeBody}</p>
      {device.current && <p className="dialog-body dialog-strong">{t.devices.revokeThis}</p>}
    </ConfirmDanger>
  );
}
