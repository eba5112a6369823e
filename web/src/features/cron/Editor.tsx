/** The form that makes and changes a job: when, what, and within which limits. */
import { Button, Modal, Skeleton, TextInput } from '@mantine/core';
import { type FormEvent, useRef, useState } from 'react';
import { ApiError } from '@/api/client';
import type { CronJob } from '@/api/types';
import { t } from '@/i18n';
import { ErrorNote } from '@/ui/ErrorNote';
import { failureOf } from '@/ui/failure';
import { toast } from '@/ui/toast';
import { useJob, useJobActions } from './data';
import {
  changesOf,
  type Draft,
  draftOf,
  EMPTY,
  type Faults,
  faultsOf,
  fieldOf,
  newJobOf,
} from './draft.logic';
import { LimitFields } from './LimitFields';
import { NEW } from './view.logic';
import { WhatFields } from './WhatFields';
import { WhenField } from './WhenField';

interface EditorProps {
  /** A job's id, `copy-` and a job's id, or `new`. */
  edit: string;
  onClose: () => void;
  onSaved: (id: string) => void;
}

const COPY = 'copy-';

export function Editor({ edit, onClose, onSaved }: EditorProps) {
  const isNew = edit === NEW;
  const isCopy = edit.startsWith(COPY);
  const source = useJob(isNew ? undefined : edit.slice(isCopy ? COPY.length : 0));
  // What was read first is what is edited: news must not take words from under somebody's fingers.
  const first = useRef<CronJob>(undefined);
  first.current ??= source.data;
  const job = first.current;
  const [touched, setTouched] = useState(false);
  return (
    <Modal
      opened
      size="xl"
      onClose={onClose}
      title={isNew || isCopy ? t.cron.newTitle : t.cron.editTitle}
      // What was typed is not thrown away by a click beside it.
      closeOnClickOutside={!touched}
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      {isNew || job ? (
        <Form
          start={!job ? EMPTY : isCopy ? { ...draftOf(job), name: t.cron.copyOf(job.name) } : draftOf(job)}
          job={isCopy ? undefined : job}
          onTouched={() => setTouched(true)}
          onClose={onClose}
          onSaved={onSaved}
        />
      ) : source.isError ? (
        <ErrorNote error={source.error} onRetry={() => void source.refetch()} />
      ) : (
        <Skeleton h={320} aria-label={t.common.loading} />
      )}
    </Modal>
  );
}

interface FormProps {
  start: Draft;
  job: CronJob | undefined;
  onTouched: () => void;
  onClose: () => void;
  onSaved: (id: string) => void;
}

/** What the gateway said of a field. */
type Refused = { field: keyof Draft; message: string };

const refusedOf = (error: unknown): Refused | undefined => {
  if (!(error instanceof ApiError)) return undefined;
  const field = fieldOf((error.body.details as { field?: unknown } | undefined)?.field);
  return field && { field, message: error.message };
};

function Form({ start, job, onTouched, onClose, onSaved }: FormProps) {
  const [draft, setDraft] = useState(start);
  const [faults, setFaults] = useState<Faults>({});
  const [failure, setFailure] = useState<unknown>();
  const [saving, setSaving] = useState(false);
  const { preview, add, change } = useJobActions();
  const refused = refusedOf(failure);
  const set = (changes: Partial<Draft>) => {
    onTouched();
    setDraft((before) => ({ ...before, ...changes }));
    setFaults((before) => Object.fromEntries(Object.entries(before).filter(([name]) => !(name in changes))));
    if (refused && refused.field in changes) setFailure(undefined);
  };
  const wrong = (field: keyof Draft): string | undefined => {
    const fault = faults[field];
    return fault ? t.cron.faults[fault] : refused?.field === field ? refused.message : undefined;
  };
  const save = async () => {
    const found = faultsOf(draft);
    setFaults(found);
    if (saving || Object.keys(found).length > 0) return;
    setSaving(true);
    setFailure(undefined);
    try {
      const { schedule } = await preview(draft.when.trim(), draft.tz.trim());
      const saved = job
        ? await change.mutateAsync({ id: job.id, changes: changesOf(draft, job, schedule) })
        : await add.mutateAsync(newJobOf(draft, schedule));
      toast.done(job ? t.cron.saved(saved.name) : t.cron.scheduled(saved.name));
      onSaved(saved.id);
    } catch (error) {
      setFailure(error);
      setSaving(false);
    }
  };
  const conflict = failure instanceof ApiError && failure.status === 409;
  return (
    <form
      noValidate
      className="cron-form"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          void save();
        }
      }}
    >
      <WhenField draft={draft} set={set} wrong={wrong} />
      <WhatFields draft={draft} set={set} wrong={wrong} />
      <TextInput
        label={t.cron.name}
        placeholder={t.cron.nameHint}
        maxLength={120}
        value={draft.name}
        error={wrong('name')}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <LimitFields draft={draft} set={set} wrong={wrong} />
      {failure !== undefined && refused === undefined && (
        <p role="alert" className="dialog-error">
          {conflict ? t.cron.conflict : failureOf(failure).message}
        </p>
      )}
      <div className="dialog-actions">
        <Button variant="default" onClick={onClose}>
          {t.common.cancel}
        </Button>
        <Button type="submit" loading={saving}>
          {job ? t.common.save : t.cron.schedule}
        </Button>
      </div>
    </form>
  );
}

/** What parts of the form get. */
export interface PartProps {
  draft: Draft;
  set: (changes: Partial<Draft>) => void;
  wrong: (field: keyof Draft) => string | undefined;
}
