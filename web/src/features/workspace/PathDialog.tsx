/** Asks for a path: of a new file or folder, or where one is to go. */
import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '@/api/client';
import { t } from '@/i18n';
import { failureOf } from '@/ui/failure';
import { faultOf, nameOf, typedPath } from './paths.logic';

export interface PathDialogProps {
  title: string;
  confirm: string;
  value: string;
  /** The value may stay what it is. */
  asIs?: boolean;
  /** Does it; the dialog closes when it is done. */
  run: (path: string) => Promise<unknown>;
  onClose: () => void;
}

export function PathDialog({ title, confirm, value, asIs, run, onClose }: PathDialogProps) {
  const [text, setText] = useState(value);
  const path = typedPath(text);
  const fault = text === value ? undefined : faultOf(text);
  const doing = useMutation({ mutationFn: () => run(path), onSuccess: onClose, meta: { quiet: true } });
  const taken = doing.error instanceof ApiError && [409, 412].includes(doing.error.status);
  const failure = doing.error ? (taken ? t.workspace.taken : failureOf(doing.error).message) : undefined;
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t.common.close }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!faultOf(text)) doing.mutate();
        }}
      >
        <TextInput
          label={t.workspace.newPath}
          description={t.workspace.pathHint}
          value={text}
          maxLength={2000}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          data-autofocus
          error={fault ? t.workspace.faults[fault] : failure}
          onFocus={(event) => {
            // The name without its ending is what is mostly changed.
            const field = event.currentTarget;
            const from = field.value.length - nameOf(field.value).length;
            const dot = field.value.lastIndexOf('.');
            field.setSelectionRange(from, dot > from ? dot : field.value.length);
          }}
          onChange={(event) => {
            doing.reset();
            setText(event.currentTarget.value);
          }}
        />
        <Group justify="flex-end" mt="md" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button
            type="submit"
            disabled={faultOf(text) !== undefined || (path === value && !asIs)}
            loading={doing.isPending}
          >
            {confirm}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
