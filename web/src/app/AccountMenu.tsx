/** Who this browser is, its theme, and the way out. */
import { type MantineColorScheme, useMantineColorScheme } from '@mantine/core';
import {
  IconDeviceDesktop,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconPalette,
  IconSelector,
  IconSun,
  IconUser,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { signOut, useAuth } from '@/api/auth';
import { t } from '@/i18n';
import { ActionMenu, type MenuEntry } from '@/ui/ActionMenu';
import { toast } from '@/ui/toast';
import { can } from './can';

export const SCHEMES = [
  ['light', IconSun],
  ['dark', IconMoon],
  ['auto', IconDeviceDesktop],
] as const satisfies readonly [MantineColorScheme, unknown][];

export const leave = () =>
  void signOut().catch((error: Error) => toast.failed(error, t.account.signOutFailed));

export function AccountMenu({ narrow, onKeys }: { narrow?: boolean; onKeys: () => void }) {
  const state = useAuth();
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const me = state.phase === 'in' ? state.me : undefined;
  const name = me?.kind === 'unpaired' ? t.account.open : (me?.device_name ?? t.account.unnamed);
  const readOnly = me !== undefined && !can(me, 'chat');
  const entries = (): MenuEntry[] => [
    { heading: name },
    ...SCHEMES.map(([scheme, icon]) => ({
      label: t.theme[scheme],
      icon,
      checked: colorScheme === scheme,
      onSelect: () => setColorScheme(scheme),
    })),
    'line',
    {
      label: t.account.appearance,
      icon: IconPalette,
      keys: 'g e',
      onSelect: () => void navigate({ to: '/appearance' }),
    },
    { label: t.account.shortcuts, icon: IconKeyboard, keys: '?', onSelect: onKeys },
    me && me.kind !== 'unpaired' && 'line',
    me && me.kind !== 'unpaired' && { label: t.account.signOut, icon: IconLogout, onSelect: leave },
  ];
  return (
    <ActionMenu
      label={t.account.label}
      align="start"
      entries={entries}
      trigger={(props) => (
        <button
          {...props}
          type="button"
          className="side-item side-account"
          aria-label={`${t.account.label}: ${name}${readOnly ? ` · ${t.access.readOnly}` : ''}`}
          data-tip={narrow ? (readOnly ? `${name} · ${t.access.readOnly}` : name) : undefined}
        >
          <IconUser size={18} stroke={1.7} aria-hidden />
          <span className="side-label">
            {name}
            {readOnly && <span className="side-second">{t.access.readOnly}</span>}
          </span>
          <IconSelector size={15} stroke={1.7} aria-hidden className="side-label side-end" />
        </button>
      )}
    />
  );
}
