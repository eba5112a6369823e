/** How devices and their rights are shown. */
import {
  IconDeviceMobile,
  IconDevices,
  type IconProps,
  IconServer,
  IconTerminal2,
  IconWorld,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { Device, Scope } from '@/api/types';
import { t } from '@/i18n';

const ICONS: Record<string, ComponentType<IconProps>> = {
  browser: IconWorld,
  phone: IconDeviceMobile,
  cli: IconTerminal2,
  server: IconServer,
};

export const iconOf = (type: string): ComponentType<IconProps> =>
  (Object.hasOwn(ICONS, type) ? ICONS[type] : undefined) ?? IconDevices;

/** A word of the device's own is shown as it is. */
export const typeOf = (type: string): string => {
  const words: Record<string, string> = t.devices.typeWords;
  return (Object.hasOwn(words, type) ? words[type] : undefined) ?? type;
};

const ORDER: readonly Scope[] = ['admin', 'chat', 'read'];

/** Each right holds those below it: the highest says it all. */
export const highest = (scopes: readonly Scope[]): Scope =>
  ORDER.find((scope) => scopes.includes(scope)) ?? 'read';

/** This one first, then whoever is connected, then by when it was last seen. */
export function inOrder(devices: readonly Device[]): Device[] {
  const seen = ({ last_seen_at: at }: Device) => (at ? Date.parse(at) : 0);
  return [...devices].sort(
    (one, other) =>
      Number(other.current) - Number(one.current) ||
      Number(other.open_sockets > 0) - Number(one.open_sockets > 0) ||
      seen(other) - seen(one) ||
      one.name.localeCompare(other.name),
  );
}

/** Why a device can't get a new token or be revoked here; undefined when it can. */
export const whyFixed = ({ source }: Device) => (source === 'environment' ? t.devices.fixed : undefined);
export const whyNoToken = (device: Device) =>
  device.source === 'password' ? t.devices.noToken : whyFixed(device);

/** Days after which access ends, as they are offered; 0: never. */
export const LASTS = [0, 1, 7, 30, 90, 365] as const;
export const lastsWords = (days: number): string =>
  t.devices.lastsWords[days as (typeof LASTS)[number]] ?? String(days);
