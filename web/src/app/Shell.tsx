/** What stands around every page: header, navigation, connection. */
import { ActionIcon, AppShell, Burger, Group, NavLink, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { t } from '@/i18n';
import { ConnectionDot, LostConnection } from './Connection';
import { Logo } from './Logo';
import { NAV } from './nav';

// Menus bring much code along; the page is there before it.
const AccountMenu = lazy(() => import('./AccountMenu'));

export function Shell() {
  const [opened, menu] = useDisclosure(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const main = useRef<HTMLElement>(null);
  const page = path.split('/')[1];

  // A new page takes the focus, as a loaded one would; within the chat the focus stays where it is.
  const shown = useRef(page);
  useEffect(() => {
    if (shown.current === page) return;
    shown.current = page;
    menu.close();
    main.current?.focus({ preventScroll: true });
  }, [page, menu]);

  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={0}
    >
      <a href="#main" className="skip">
        {t.nav.skip}
      </a>
      <AppShell.Header className="bar">
        <Group h="100%" px="sm" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={menu.toggle}
              hiddenFrom="sm"
              size="sm"
              aria-expanded={opened}
              aria-label={opened ? t.nav.closeMenu : t.nav.openMenu}
            />
            <Link to="/chat" className="brand">
              <Logo />
              <span>{t.product}</span>
            </Link>
          </Group>
          <Group gap="sm" wrap="nowrap">
            <ConnectionDot />
            <Suspense
              fallback={
                <ActionIcon variant="subtle" color="gray" size="lg" loading aria-label={t.account.label} />
              }
            >
              <AccountMenu />
            </Suspense>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar aria-label={t.nav.main} p="xs" className="bar">
        {NAV.map((group) => (
          <div key={group.group}>
            <Text fz="xs" fw={600} c="dimmed" px="sm" pt="sm" pb={4}>
              {t.nav[group.group]}
            </Text>
            {group.items.map((item) => {
              const active = path === item.to || path.startsWith(`${item.to}/`);
              return (
                <NavLink
                  key={item.to}
                  component={Link}
                  to={item.to}
                  label={t.nav[item.label]}
                  leftSection={<item.icon size={18} stroke={1.7} aria-hidden />}
                  active={active}
                  aria-current={active ? 'page' : undefined}
                  onClick={menu.close}
                  py={7}
                  className="nav-link"
                />
              );
            })}
          </div>
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="main" ref={main} tabIndex={-1} className="main">
        <Outlet />
      </AppShell.Main>
      <LostConnection />
    </AppShell>
  );
}
