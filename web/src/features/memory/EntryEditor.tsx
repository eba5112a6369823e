/** Changes a memory in place. What was typed is kept until it is saved or thrown away. */
import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '@/api/client';
import type { MemoryEntry } from '@/api/types';
import { t } from '@/i18n';
import { failureOf } from '@/ui/failure';
import { Note } from '@/ui/Note';
import { useMemoryActions } from './data';
import { type Draft, setDraft, useDraft } from './drafts';
import { Fields } from './Fields';

const draftOf = ({ key, content, category, pinned, version }: MemoryEntry): Draft => ({
  key,
  content,
  category,
  pinned,
  version,
});

interface EntryEditorProps {
  entry: MemoryEntry;
  onClose: () => void;
  onRenamed: (key: string) => void;
}

export function EntryEditor({ entry, onClose, onRenamed }: EntryEditorProps) {
  const kept = useDraft(entry.id);
  const draft = kept ?? draftOf(entry);
  const { change } = useMemoryActions();
  const [error, setError] = useState<string>();
  const form = useRef<HTMLFormElement>(null);
  const conflict = kept !== undefined && kept.version !== entry.version;

  useEffect(() => {
    form.current?.querySelector('textarea')?.focus();
  }, []);
  const done = () => {
    setDraft(entry.id, undefined);
    onClose();
  };
  const save = (version: number) => {
    const { key, content, category, pinned } = draft;
    if (!content.trim() || !key.trim()) return;
    const saving = change.mutateAsync({
      key: entry.key,
      changes: { key, content, category, pinned, version },
    });
    // A promise, not a callback of the mutation: what is saved may leave the list before the answer is here.
    void saving.then(
      (saved) => {
        done();
        if (saved.key !== entry.key) onRenamed(saved.key);
      },
      (problem: unknown) => {
        const clash =
          problem instanceof ApiError && problem.body.details !== undefined && problem.status === 409;
        setError(clash ? t.memory.conflict : failureOf(problem).message);
      },
    );
  };
  return (
    <form
      ref={form}
      className="memory-form"
      aria-label={t.memory.edit}
      onSubmit={(event) => {
        event.preventDefault();
        save(draft.version);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.nativeEvent.isComposing) {
          event.preventDefault();
          save(draft.version);
        } else if (event.key === 'Escape' && kept === undefined) {
          event.preventDefault();
          onClose();
        }
      }}
    >
      {conflict && (
        <Note
          tone="warn"
          role="alert"
          actions={
            <>
              <Button size="compact-sm" variant="default" onClick={() => setDraft(entry.id, undefined)}>
                {t.memory.takeTheirs}
              </Button>
              <Button size="compact-sm" variant="light" onClick={() => save(entry.version)}>
                {t.memory.keepMine}
              </Button>
            </>
          }
        >
          {t.memory.conflict}
        </Note>
      )}
      <Fields
        value={draft}
        onChange={(next) => {
          setError(undefined);
          setDraft(entry.id, { ...next, version: draft.version });
        }}
      />
      {error && !conflict && (
        <p role="alert" className="dialog-error">
          {error}
        </p>
      )}
      <div className="memory-buttons">
        <Button
          type="submit"
          size="sm"
          loading={change.isPending}
          disabled={!draft.content.trim() || !draft.key.trim()}
        >
          {t.common.save}
        </Button>
        <Button size="sm" variant="default" onClick={done}>
          {t.common.cancel}
        </Button>
      </div>
    </form>
  );
}
