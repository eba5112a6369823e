/** The settings of an integration: all of what was changed is saved as one, and holds at once. */
import { Button, NativeSelect, Switch, TextInput } from '@mantine/core';
import { IconDice5, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { ApiError } from '@/api/client';
import type { Integration, IntegrationField } from '@/api/types';
import { t } from '@/i18n';
import { CopyButton } from '@/ui/CopyButton';
import { disabledBecause } from '@/ui/disabledBecause';
import { ErrorNote } from '@/ui/ErrorNote';
import { toast } from '@/ui/toast';
import { type Settings, useSave } from './data';
import { newSecret } from './view.logic';
import { fieldOf, titleOf } from './words';

interface SetUpProps {
  one: Integration;
  whyNot: string | undefined;
}

export function SetUp({ one, whyNot }: SetUpProps) {
  const [changed, setChanged] = useState<Settings>({});
  const save = useSave(one.id);
  const wrong = fieldOfError(save.error);
  const dirty = Object.keys(changed).length > 0;
  const set = (field: IntegrationField, value: string | null) => {
    if (save.isError) save.reset();
    const same = field.kind === 'secret' ? value === '' : (value ?? '') === (field.value ?? '');
    setChanged(({ [field.key]: _, ...rest }) => (same ? rest : { ...rest, [field.key]: value }));
  };
  return (
    <form
      className="integration-part"
      aria-label={t.integrations.settings}
      onSubmit={(event) => {
        event.preventDefault();
        if (!dirty || whyNot !== undefined) return;
        save.mutate(changed, {
          onSuccess: () => {
            setChanged({});
            toast.done(t.integrations.saved(titleOf(one)));
          },
        });
      }}
    >
      <h3 className="integration-part-title">{t.integrations.settings}</h3>
      {one.fields.map((field) => (
        <Setting
          key={field.key}
          field={field}
          value={changed[field.key]}
          error={wrong?.field === field.key ? wrong.message : undefined}
          disabled={whyNot !== undefined}
          onChange={(value) => set(field, value)}
        />
      ))}
      {save.isError && !wrong && <ErrorNote error={save.error} />}
      <div className="integration-save">
        <Button
          type="submit"
          disabled={!dirty && whyNot === undefined}
          loading={save.isPending}
          {...disabledBecause(whyNot)}
        >
          {t.common.save}
        </Button>
        {dirty && (
          <Button
            variant="default"
            onClick={() => {
              setChanged({});
              save.reset();
            }}
          >
            {t.integrations.discard}
          </Button>
        )}
      </div>
    </form>
  );
}

/** Which setting was refused, and why. */
function fieldOfError(error: unknown): { field: string; message: string } | undefined {
  const details = error instanceof ApiError ? (error.body.details as Record<string, unknown> | null) : null;
  const field = details?.field;
  return error instanceof ApiError && typeof field === 'string'
    ? { field, message: error.message }
    : undefined;
}

interface SettingProps {
  field: IntegrationField;
  /** What was typed; null takes the setting away; undefined leaves it. */
  value: string | null | undefined;
  error: string | undefined;
  disabled: boolean;
  onChange: (value: string | null) => void;
}

function Setting({ field, value, error, disabled, onChange }: SettingProps) {
  const { title, about } = fieldOf(field.key, field.title, field.about);
  const shared = { label: title, description: about, error, disabled };
  const present = value === undefined ? (field.value ?? '') : (value ?? '');
  switch (field.kind) {
    case 'flag':
      return (
        <Switch
          {...shared}
          checked={present === 'true'}
          onChange={(event) => onChange(String(event.currentTarget.checked))}
        />
      );
    case 'choice':
    case 'provider':
      return (
        <NativeSelect
          {...shared}
          value={present}
          data={[
            ...(field.kind === 'provider' ? [{ value: '', label: t.integrations.noProvider }] : []),
            ...field.choices.map((choice) => ({ value: choice, label: choice })),
          ]}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'secret':
      return <Secret {...shared} set={field.set} value={value} onChange={onChange} />;
    default:
      return (
        <TextInput
          {...shared}
          // Not of the type "url": what is wrong with an address is said here, in the page's own way.
          inputMode={field.kind === 'url' ? 'url' : undefined}
          value={present}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}

interface SecretProps {
  label: string;
  description: string;
  error: string | undefined;
  disabled: boolean;
  /** There is one, which nobody is shown again. */
  set: boolean;
  value: string | null | undefined;
  onChange: (value: string | null) => void;
}

/** What is typed is seen until it is saved: it has to be brought to the other side. */
function Secret({ set, value, onChange, ...shared }: SecretProps) {
  const removing = value === null;
  return (
    <div className="integration-secret">
      <TextInput
        {...shared}
        classNames={{ input: 'mono' }}
        value={value ?? ''}
        placeholder={
          removing ? t.integrations.secretGoes : set ? t.integrations.secretSet : t.integrations.secretNone
        }
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        rightSection={value ? <CopyButton value={value} label={t.integrations.copySecret} /> : undefined}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {!shared.disabled && (
        <div className="integration-secret-buttons">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconDice5 size={15} stroke={1.7} aria-hidden />}
            onClick={() => onChange(newSecret())}
          >
            {t.integrations.generate}
          </Button>
          {set && !removing && (
            <Button
              size="compact-sm"
              variant="subtle"
              color="gray"
              leftSection={<IconTrash size={15} stroke={1.7} aria-hidden />}
              onClick={() => onChange(null)}
            >
              {t.integrations.removeSecret}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
