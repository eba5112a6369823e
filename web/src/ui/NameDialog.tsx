/** Asks for a new name. */
import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { t } from '@/i18n';

export interface NameDialogProps {
  title: string;
  label: string;
  value: string;
  busy?: boolean;
  onSave: (name: string) => void;
  onClose: () => void;
}

export function NameDialog({ title, label, value, busy, onSave, onClose }: NameDialogProps) {
  const [name, setName] = useState(value);
  const clean = name.trim();
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t.common.close }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (clean) onSave(clean);
        }}
      >
        <TextInput
          label={label}
          value={name}
          maxLength={120}
          data-autofocus
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="md" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button type="submit" disabled={!clean} loading={busy}>
            {t.common.save}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
