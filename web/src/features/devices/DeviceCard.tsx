/** One device: what it is, whether it is here, what it may do, and all that can be done about it. */
import { IconCalendarOff, IconKey, IconPencil, IconShieldCheck, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { Device } from '@/api/types';
import { useWhyNot } from '@/app/can';
import { t } from '@/i18n';
import { ActionMenu } from '@/ui/ActionMenu';
import { RelativeTime } from '@/ui/RelativeTime';
import { StatusBadge } from '@/ui/StatusBadge';
import { StatusDot } from '@/ui/StatusDot';
import { type Asking, DeviceDialog } from './DeviceDialog';
import { highest, iconOf, typeOf, whyFixed, whyNoToken } from './looks';

export function DeviceCard({ device }: { device: Device }) {
  const [asking, setAsking] = useState<Asking | null>(null);
  const whyNot = useWhyNot('admin');
  const Icon = iconOf(device.device_type);
  const scope = highest(device.scopes);
  const entries = () => [
    { label: t.common.rename, icon: IconPencil, why: whyNot, onSelect: () => setAsking('name') },
    {
      label: t.devices.rights,
      icon: IconShieldCheck,
      why: whyNot ?? (device.current ? t.devices.rightsOwn : undefined),
      onSelect: () => setAsking('rights'),
    },
    { label: t.devices.expiry, icon: IconCalendarOff, why: whyNot, onSelect: () => setAsking('expiry') },
    'line' as const,
    {
      label: t.devices.rotate,
      icon: IconKey,
      why: whyNot ?? whyNoToken(device),
      onSelect: () => setAsking('rotate'),
    },
    {
      label: t.devices.revoke,
      icon: IconTrash,
      danger: true,
      why: whyNot ?? whyFixed(device),
      onSelect: () => setAsking('revoke'),
    },
  ];
  return (
    <li className="card device" data-current={device.current || undefined}>
      <div className="device-head">
        <span className="device-icon" aria-hidden>
          <Icon size={20} stroke={1.7} />
        </span>
        <div className="device-titles">
          <h2 className="device-name">{device.name}</h2>
          <p className="device-presence">
            <Presence device={device} />
          </p>
        </div>
        <ActionMenu label={t.devices.menu(device.name)} entries={entries} />
      </div>
      <div className="device-badges">
        {device.current && <StatusBadge tone="good">{t.devices.thisDevice}</StatusBadge>}
        <StatusBadge tone={scope === 'admin' ? 'info' : 'off'}>{t.devices.scopeWords[scope]}</StatusBadge>
        <StatusBadge tone="off">{typeOf(device.device_type)}</StatusBadge>
      </div>
      <Facts device={device} />
      {asking && <DeviceDialog asking={asking} device={device} onClose={() => setAsking(null)} />}
    </li>
  );
}

function Presence({ device }: { device: Device }) {
  const from = device.last_ip && <span className="mono">{t.devices.from(device.last_ip)}</span>;
  if (device.open_sockets > 0)
    return (
      <>
        <StatusDot tone="good">{t.devices.connected}</StatusDot>
        {from}
      </>
    );
  if (!device.last_seen_at) return <StatusDot tone="off">{t.devices.neverSeen}</StatusDot>;
  return (
    <>
      <StatusDot tone="off">
        <span>
          {t.devices.lastSeen} <RelativeTime at={device.last_seen_at} />
        </span>
      </StatusDot>
      {from}
    </>
  );
}

function Facts({ device }: { device: Device }) {
  const facts: [string, ReactNode][] = [
    [
      t.devices.since,
      <span key="since">
        <RelativeTime at={device.created_at} />{' '}
        <span className="dimmed">{t.devices.sinceBy[device.source]}</span>
      </span>,
    ],
    [t.devices.ends, device.expires_at ? <RelativeTime key="ends" at={device.expires_at} /> : t.common.never],
    [t.devices.browsers, t.devices.browsersCount(device.browser_sessions)],
  ];
  return (
    <dl className="device-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
