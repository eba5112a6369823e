/** Asks before a device is sent away: it can't be undone. */
import { Button, Group, Modal, Text } from '@mantine/core';
import type { Device } from '@/api/types';
import { t } from '@/i18n';

export interface RevokeDialogProps {
  device: Device;
  busy: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

export function RevokeDialog({ device, busy, onConfirm, onClose }: RevokeDialogProps) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.devices.revokeTitle(device.name)}
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <Text fz="sm">{t.devices.revokeBody}</Text>
      {device.current && (
        <Text fz="sm" fw={600} mt="sm">
          {t.devices.revokeThis}
        </Text>
      )}
      <Group justify="flex-end" mt="lg" gap="sm">
        <Button variant="default" data-autofocus onClick={onClose}>
          {t.common.cancel}
        </Button>
        <Button color="red" loading={busy} onClick={onConfirm}>
          {t.devices.revoke}
        </Button>
      </Group>
    </Modal>
  );
}
