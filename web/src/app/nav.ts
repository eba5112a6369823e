/** The pages there are: one table feeds the sidebar and the router's titles. */
import { IconDeviceMobile, IconGauge, IconMessage, type IconProps, IconSparkles } from '@tabler/icons-react';
import type { ComponentType } from 'react';

export interface NavItem {
  to: '/chat' | '/overview' | '/provider' | '/devices';
  label: 'chat' | 'overview' | 'provider' | 'devices';
  icon: ComponentType<IconProps>;
}

export const NAV: { group: 'work' | 'control'; items: NavItem[] }[] = [
  { group: 'work', items: [{ to: '/chat', label: 'chat', icon: IconMessage }] },
  {
    group: 'control',
    items: [
      { to: '/overview', label: 'overview', icon: IconGauge },
      { to: '/provider', label: 'provider', icon: IconSparkles },
      { to: '/devices', label: 'devices', icon: IconDeviceMobile },
    ],
  },
];
