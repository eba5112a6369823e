/** Who this browser is, its theme, and the way out. */
import { ActionIcon, type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDeviceDesktop, IconLogout, IconMoon, IconSun, IconUser } from '@tabler/icons-react';
import { signOut, useAuth } from '@/api/auth';
import { t } from '@/i18n';

const SCHEMES = [
  ['light', IconSun],
  ['dark', IconMoon],
  ['auto', IconDeviceDesktop],
] as const;

export default function AccountMenu() {
  const state = useAuth();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const me = state.phase === 'in' ? state.me : undefined;
  const leave = () =>
    signOut().catch((error: Error) =>
      notifications.show({ color: 'red', title: t.account.signOutFailed, message: error.message }),
    );
  return (
    <Menu position="bottom-end" width={220} withinPortal={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.account.label}>
          <IconUser size={19} stroke={1.7} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me?.kind === 'unpaired' ? t.account.open : (me?.device_name ?? t.account.unnamed)}
        </Menu.Label>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}
          aria-label={t.theme.label}
        >
          {SCHEMES.map(([scheme, Icon]) => (
            <Menu.RadioItem
              key={scheme}
              value={scheme}
              rightSection={<Icon size={16} stroke={1.7} aria-hidden />}
            >
              {t.theme[scheme]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        {me && me.kind !== 'unpaired' && (
          <>
            <Menu.Divider />
            <Menu.Item leftSection={<IconLogout size={16} stroke={1.7} aria-hidden />} onClick={leave}>
              {t.account.signOut}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
