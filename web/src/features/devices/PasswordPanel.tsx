/** The optional password: set it, change it, remove it. */
import { Button, Modal, PasswordInput, Skeleton } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { $api, ApiError, api, take } from '@/api/client';
import type { PasswordState } from '@/api/types';
import { useWhyNot } from '@/app/can';
import { t } from '@/i18n';
import { ConfirmDanger } from '@/ui/ConfirmDanger';
import { disabledBecause } from '@/ui/disabledBecause';
import { ErrorNote } from '@/ui/ErrorNote';
import { failureOf } from '@/ui/failure';
import { Panel } from '@/ui/Panel';
import { StatusBadge } from '@/ui/StatusBadge';
import { toast } from '@/ui/toast';

const QUERY = { queryKey: ['get', '/api/password'] };

export function PasswordPanel() {
  const password = $api.useQuery('get', '/api/password', {});
  const [asking, setAsking] = useState<'change' | 'remove' | null>(null);
  const whyNot = disabledBecause(useWhyNot('admin'));
  const state = password.data;
  return (
    <Panel
      title={t.devices.password}
      busy={password.isPending}
      actions={
        state && (
          <StatusBadge tone={state.set ? 'good' : 'off'}>
            {state.set ? t.devices.passwordOn : t.devices.passwordOff}
          </StatusBadge>
        )
      }
    >
      {password.isError && !state && (
        <ErrorNote error={password.error} onRetry={() => void password.refetch()} />
      )}
      <p className="panel-words">
        {t.devices.passwordBody} {state?.set && t.devices.passwordBrowsers(state.browsers)}
      </p>
      {password.isPending && <Skeleton h={30} w={150} />}
      {state && (
        <div className="panel-buttons">
          <Button variant="default" size="xs" onClick={() => setAsking('change')} {...whyNot}>
            {state.set ? t.devices.passwordChange : t.devices.passwordSet}
          </Button>
          {state.set && (
            <Button variant="default" size="xs" onClick={() => setAsking('remove')} {...whyNot}>
              {t.devices.passwordRemove}
            </Button>
          )}
        </div>
      )}
      {state && asking === 'change' && <Change state={state} onClose={() => setAsking(null)} />}
      {state && asking === 'remove' && <Remove state={state} onClose={() => setAsking(null)} />}
    </Panel>
  );
}

interface DialogProps {
  state: PasswordState;
  onClose: () => void;
}

/** A field's own fault is said beside it; anything else below the form. */
function faultOf(error: unknown): { current?: string; other?: string } {
  if (!error) return {};
  const { message } = failureOf(error);
  const details = error instanceof ApiError ? error.body.details : undefined;
  const field =
    typeof details === 'object' && details !== null ? (details as { field?: unknown }).field : undefined;
  // A wrong password is answered with 403, which belongs to the only field that can be wrong.
  const wrong = error instanceof ApiError && error.status === 403;
  return field === 'current' || wrong ? { current: message } : { other: message };
}

const toggle = () => ({ 'aria-label': t.devices.passwordShow });

function Change({ state, onClose }: DialogProps) {
  const [current, setCurrent] = useState('');
  const [wanted, setWanted] = useState('');
  const [tried, setTried] = useState(false);
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () =>
      take(
        api.PUT('/api/password', {
          body: { password: wanted, ...(state.current_needed ? { current } : {}) },
        }),
      ),
    meta: { saidInPlace: true },
    onSuccess: () => {
      toast.done(t.devices.passwordSaved);
      onClose();
      return client.invalidateQueries(QUERY);
    },
  });
  const short = [...wanted].length < state.min_chars;
  const long = new TextEncoder().encode(wanted).length > state.max_bytes;
  const fault = faultOf(save.error);
  const rule = long ? t.devices.passwordLong(state.max_bytes) : t.devices.passwordRule(state.min_chars);
  return (
    <Modal
      opened
      onClose={onClose}
      title={state.set ? t.devices.passwordChangeTitle : t.devices.passwordTitle}
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (!short && !long && !save.isPending) save.mutate();
        }}
      >
        {state.set && <p className="dialog-body">{t.devices.passwordChangeBody}</p>}
        {state.current_needed && (
          <PasswordInput
            label={t.devices.passwordCurrent}
            value={current}
            autoComplete="current-password"
            data-autofocus
            mb="sm"
            error={fault.current}
            visibilityToggleButtonProps={toggle()}
            onChange={(event) => setCurrent(event.currentTarget.value)}
          />
        )}
        <PasswordInput
          label={t.devices.passwordNew}
          description={tried && (short || long) ? undefined : rule}
          error={tried && (short || long) ? rule : undefined}
          value={wanted}
          autoComplete="new-password"
          data-autofocus={!state.current_needed || undefined}
          visibilityToggleButtonProps={toggle()}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        {fault.other && (
          <p role="alert" className="dialog-error">
            {fault.other}
          </p>
        )}
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t.common.save}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function Remove({ state, onClose }: DialogProps) {
  const [current, setCurrent] = useState('');
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => take(api.DELETE('/api/password', { body: state.current_needed ? { current } : {} })),
    meta: { saidInPlace: true },
    onSuccess: () => {
      toast.done(t.devices.passwordRemoved);
      onClose();
      return client.invalidateQueries(QUERY);
    },
  });
  const fault = faultOf(remove.error);
  return (
    <ConfirmDanger
      title={t.devices.passwordRemoveTitle}
      confirm={t.devices.passwordRemove}
      busy={remove.isPending}
      error={fault.other}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <p className="dialog-body">{t.devices.passwordRemoveBody}</p>
      {state.current_needed && (
        <PasswordInput
          mt="sm"
          label={t.devices.passwordCurrent}
          value={current}
          autoComplete="current-password"
          error={fault.current}
          visibilityToggleButtonProps={toggle()}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
      )}
    </ConfirmDanger>
  );
}
