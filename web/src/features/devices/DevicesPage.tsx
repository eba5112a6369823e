/** What may talk to the gateway, and how one signs in. The news keep it up to date. */
import './devices.css';
import { Button, Skeleton } from '@mantine/core';
import { IconDeviceMobile, IconPlus } from '@tabler/icons-react';
import { $api } from '@/api/client';
import { useRereadOn } from '@/api/reread';
import { useWhyNot } from '@/app/can';
import { useLayer } from '@/app/layer';
import { ReadOnlyNote } from '@/app/ReadOnlyNote';
import { t } from '@/i18n';
import { disabledBecause } from '@/ui/disabledBecause';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { PageHeader } from '@/ui/PageHeader';
import { AddDevice } from './AddDevice';
import { DeviceCard } from './DeviceCard';
import { HerePanel } from './HerePanel';
import { inOrder } from './looks';
import { PasswordPanel } from './PasswordPanel';

const NEWS = ['device_paired', 'config_changed'] as const;
const PATHS = ['/api/devices', '/api/password'] as const;

export default function DevicesPage() {
  useRereadOn(NEWS, PATHS);
  const devices = $api.useQuery('get', '/api/devices', {}, { refetchOnMount: 'always' });
  const adding = useLayer('add-device');
  const whyNot = useWhyNot('admin');
  const list = devices.data?.devices;
  return (
    <div className="page devices-page">
      <PageHeader
        title={t.devices.title}
        sub={t.devices.sub}
        actions={
          <Button
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={adding.open}
            {...disabledBecause(whyNot)}
          >
            {t.devices.add}
          </Button>
        }
      />
      <ReadOnlyNote />
      <section aria-label={t.devices.list} aria-busy={devices.isPending || undefined}>
        {devices.isError && !list && (
          <ErrorState error={devices.error} onRetry={() => void devices.refetch()} />
        )}
        {devices.isPending && (
          <div className="devices">
            <Skeleton h={196} radius="lg" />
            <Skeleton h={196} radius="lg" />
          </div>
        )}
        {list?.length === 0 && (
          <EmptyState
            icon={IconDeviceMobile}
            title={t.devices.empty}
            body={t.devices.emptyBody}
            action={whyNot ? undefined : { label: t.devices.add, onClick: adding.open }}
          />
        )}
        {list && list.length > 0 && (
          <ul className="devices">
            {inOrder(list).map((device) => (
              <DeviceCard key={device.id} device={device} />
            ))}
          </ul>
        )}
      </section>
      <div className="devices devices-access">
        <PasswordPanel />
        <HerePanel />
      </div>
      {adding.opened && <AddDevice devices={list} onClose={adding.close} />}
    </div>
  );
}
