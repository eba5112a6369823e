/** What stands around every page: navigation, connection, search, keys. */
import './shell.css';
import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { t } from '@/i18n';
import { useApprovalNotices, useApprovalsBadge } from './approvals';
import { useBudgetNews } from './budgetNews';
import { LostConnection } from './Connection';
import { useKeyListener } from './keys';
import { useCurrentPage } from './NavLinks';
import { PhoneNav } from './PhoneNav';
import { sidebar, usePhone } from './prefs';
import { useUnreadBadge } from './recent';
import { Sidebar } from './Sidebar';
import { useShellCommands } from './shellCommands';
import { onShowKeys } from './showKeys';
import { useTypedMark } from './typed';

const loadPalette = () => import('./palette/Palette');
const Palette = lazy(loadPalette);
const KeyMap = lazy(() => import('./KeyMap'));

type Over = 'palette' | 'keys' | null;

export function Shell() {
  const [over, setOver] = useState<Over>(null);
  const openPalette = useCallback(() => setOver('palette'), []);
  const openKeys = useCallback(() => setOver('keys'), []);
  const close = useCallback(() => setOver(null), []);
  const phone = usePhone();
  const side = sidebar.use();
  const main = useFocusOnNewPage();

  useEffect(() => onShowKeys(openKeys), [openKeys]);
  useKeyListener();
  useTypedMark();
  useShellCommands({
    onPalette: () => setOver((now) => (now === 'palette' ? null : 'palette')),
    onKeys: openKeys,
  });
  useEffect(() => {
    // There by the time it is asked for, without standing in the way of the page.
    const timer = setTimeout(() => void loadPalette().catch(() => {}), 3_000);
    return () => clearTimeout(timer);
  }, []);

  return (
    <div className="shell" data-side={side}>
      <a href="#main" className="skip">
        {t.nav.skip}
      </a>
      {!phone && <Sidebar onSearch={openPalette} onKeys={openKeys} />}
      <main id="main" ref={main} tabIndex={-1} className="main">
        <Outlet />
      </main>
      {phone && <PhoneNav onSearch={openPalette} onKeys={openKeys} />}
      <LostConnection />
      <Badges />
      <Suspense>
        {over === 'palette' && <Palette onClose={close} />}
        {over === 'keys' && <KeyMap onClose={close} />}
      </Suspense>
    </div>
  );
}

/** By itself, so that a changed number does not draw the whole shell again. */
function Badges() {
  useUnreadBadge();
  useApprovalsBadge();
  useApprovalNotices();
  useBudgetNews();
  return null;
}

/** A new page takes the focus, as a loaded one would; within a page the focus stays where it is. */
function useFocusOnNewPage() {
  const main = useRef<HTMLElement>(null);
  const page = useCurrentPage();
  const shown = useRef(page);
  useEffect(() => {
    if (shown.current === page) return;
    shown.current = page;
    main.current?.focus({ preventScroll: true });
  }, [page]);
  return main;
}
