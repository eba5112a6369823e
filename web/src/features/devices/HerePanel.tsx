/** This browser: as whom it is signed in, the way out, and the way out for all others. */
import { Button, Checkbox } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { signOut, useAuth } from '@/api/auth';
import { api, take } from '@/api/client';
import { useWhyNot } from '@/app/can';
import { t } from '@/i18n';
import { ConfirmDanger } from '@/ui/ConfirmDanger';
import { disabledBecause } from '@/ui/disabledBecause';
import { failureOf } from '@/ui/failure';
import { Panel } from '@/ui/Panel';
import { toast } from '@/ui/toast';

export function HerePanel() {
  const state = useAuth();
  const [asking, setAsking] = useState(false);
  const whyNot = disabledBecause(useWhyNot('admin'));
  const me = state.phase === 'in' ? state.me : undefined;
  const leave = useMutation({ mutationFn: signOut });
  if (!me || me.kind === 'unpaired') return null;
  return (
    <Panel title={t.devices.here}>
      <p className="panel-words">{t.devices.hereBody(me.device_name ?? t.account.unnamed)}</p>
      <div className="panel-buttons">
        <Button variant="default" size="xs" loading={leave.isPending} onClick={() => leave.mutate()}>
          {t.devices.signOut}
        </Button>
        <Button variant="default" size="xs" onClick={() => setAsking(true)} {...whyNot}>
          {t.devices.others}
        </Button>
      </div>
      {asking && <Others onClose={() => setAsking(false)} />}
    </Panel>
  );
}

function Others({ onClose }: { onClose: () => void }) {
  const [devices, setDevices] = useState(false);
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: () => take(api.DELETE('/api/session/others', { params: { query: { devices } } })),
    meta: { saidInPlace: true },
    onSuccess: (out) => {
      toast.done(t.devices.othersDone(out.browser_sessions, out.devices));
      onClose();
      return client.invalidateQueries({ queryKey: ['get', '/api/devices'] });
    },
  });
  return (
    <ConfirmDanger
      title={t.devices.othersTitle}
      confirm={t.devices.othersConfirm}
      busy={end.isPending}
      error={end.error ? failureOf(end.error).message : undefined}
      onConfirm={() => end.mutate()}
      onClose={onClose}
    >
      <p className="dialog-body">{t.devices.othersBody}</p>
      <Checkbox
        mt="sm"
        label={t.devices.othersAll}
        checked={devices}
        onChange={(event) => setDevices(event.currentTarget.checked)}
      />
    </ConfirmDanger>
  );
}
