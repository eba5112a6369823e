/** What may talk to the gateway: list, add, rename, revoke. */
import './devices.css';
import { ActionIcon, Badge, Button, Menu, Skeleton, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDeviceMobile, IconDots, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { $api, api, take } from '@/api/client';
import type { Device } from '@/api/types';
import { t } from '@/i18n';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorNote } from '@/ui/ErrorNote';
import { NameDialog } from '@/ui/NameDialog';
import { PageHeader } from '@/ui/PageHeader';
import { RelativeTime } from '@/ui/RelativeTime';
import { AddDevice } from './AddDevice';
import { RevokeDialog } from './RevokeDialog';

export default function DevicesPage() {
  const devices = $api.useQuery('get', '/api/devices', {});
  const [adding, setAdding] = useState(false);
  const list = devices.data?.devices ?? [];
  return (
    <div className="page">
      <PageHeader
        title={t.devices.title}
        sub={t.devices.sub}
        actions={
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
            {t.devices.add}
          </Button>
        }
      />
      {devices.isError && !devices.data && (
        <ErrorNote error={devices.error} onRetry={() => void devices.refetch()} />
      )}
      {devices.isPending && (
        <Stack gap="sm" aria-busy="true">
          <Skeleton h={92} radius="md" />
          <Skeleton h={92} radius="md" />
        </Stack>
      )}
      {devices.data && list.length === 0 && (
        <EmptyState icon={IconDeviceMobile} title={t.devices.empty} body={t.devices.emptyBody} />
      )}
      <ul className="devices">
        {list.map((device) => (
          <DeviceCard key={device.id} device={device} />
        ))}
      </ul>
      {adding && <AddDevice onClose={() => setAdding(false)} />}
    </div>
  );
}

function useDeviceActions(device: Device) {
  const client = useQueryClient();
  const reread = () => client.invalidateQueries({ queryKey: ['get', '/api/devices'] });
  const params = { path: { id: device.id } };
  const rename = useMutation({
    mutationFn: (name: string) => take(api.PATCH('/api/devices/{id}', { params, body: { name } })),
    onSuccess: reread,
  });
  const revoke = useMutation({
    mutationFn: () => api.DELETE('/api/devices/{id}', { params }),
    onSuccess: () => {
      notifications.show({ message: t.devices.revoked(device.name) });
      return reread();
    },
  });
  return { rename, revoke };
}

function DeviceCard({ device }: { device: Device }) {
  const [asking, setAsking] = useState<'name' | 'revoke' | null>(null);
  const { rename, revoke } = useDeviceActions(device);
  const close = () => setAsking(null);
  return (
    <li className="card device">
      <div className="device-head">
        <Title order={2} fz={16} className="device-name">
          {device.name}
        </Title>
        {device.current && (
          <Badge variant="light" tt="none">
            {t.devices.thisDevice}
          </Badge>
        )}
        <Menu position="bottom-end" width={160}>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" ml="auto" aria-label={t.devices.menu(device.name)}>
              <IconDots size={18} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPencil size={15} aria-hidden />} onClick={() => setAsking('name')}>
              {t.common.rename}
            </Menu.Item>
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={15} aria-hidden />}
              onClick={() => setAsking('revoke')}
            >
              {t.devices.revoke}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      <Facts device={device} />
      {asking === 'name' && (
        <NameDialog
          title={t.devices.renameTitle}
          label={t.devices.nameLabel}
          value={device.name}
          busy={rename.isPending}
          onClose={close}
          onSave={(name) => rename.mutate(name, { onSuccess: close })}
        />
      )}
      {asking === 'revoke' && (
        <RevokeDialog
          device={device}
          busy={revoke.isPending}
          onClose={close}
          onConfirm={() => revoke.mutate(undefined, { onSuccess: close })}
        />
      )}
    </li>
  );
}

function Facts({ device }: { device: Device }) {
  return (
    <dl className="device-facts">
      <div>
        <dt>{t.devices.lastSeen}</dt>
        <dd>{device.last_seen_at ? <RelativeTime at={device.last_seen_at} /> : t.common.never}</dd>
      </div>
      <div>
        <dt>{t.devices.address}</dt>
        <dd className="mono">{device.last_ip ?? t.common.none}</dd>
      </div>
      <div>
        <dt>{t.devices.paired}</dt>
        <dd>
          <RelativeTime at={device.created_at} />
        </dd>
      </div>
      <div>
        <dt>{t.devices.expires}</dt>
        <dd>{device.expires_at ? <RelativeTime at={device.expires_at} /> : t.common.never}</dd>
      </div>
      <div>
        <dt>{t.devices.scopes}</dt>
        <dd>
          <Text component="span" fz="inherit">
            {device.scopes.map((scope) => t.devices.scopeWords[scope]).join(', ')}
          </Text>
        </dd>
      </div>
    </dl>
  );
}
