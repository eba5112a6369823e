/** A phone's navigation: the pages most wanted as tabs within a thumb's reach, everything else in a drawer. */
import './phone.css';
import { IconMenu2, IconSearch, IconX } from '@tabler/icons-react';
import { t } from '@/i18n';
import { Sheet } from '@/ui/Sheet';
import { AccountMenu } from './AccountMenu';
import { ConnectionState } from './Connection';
import { Logo } from './Logo';
import { useLayer } from './layer';
import { NavGroups, PageLink, useCurrentPage } from './NavLinks';
import { usePages } from './nav';

export interface PhoneNavProps {
  onSearch: () => void;
  onKeys: () => void;
}

export function PhoneNav({ onSearch, onKeys }: PhoneNavProps) {
  const { tabs } = usePages();
  const current = useCurrentPage();
  const drawer = useLayer('menu');
  const elsewhere = current !== undefined && !tabs.some(({ id }) => id === current);
  return (
    <>
      <nav className="tabs" aria-label={t.nav.main}>
        {tabs.map((item) => (
          <PageLink key={item.id} item={item} active={item.id === current} className="tab" />
        ))}
        <button
          type="button"
          className="tab"
          data-active={elsewhere || undefined}
          aria-haspopup="dialog"
          aria-expanded={drawer.opened}
          aria-label={t.nav.openMenu}
          onClick={drawer.open}
        >
          <IconMenu2 size={18} stroke={1.7} aria-hidden />
          <span className="side-label">{t.nav.more}</span>
        </button>
      </nav>
      {drawer.opened && (
        <Sheet label={t.nav.main} side="right" className="phone-menu" onClose={drawer.close}>
          <div className="side-top">
            <span className="brand">
              <Logo size={28} />
              <span className="brand-name">{t.product}</span>
            </span>
            <button type="button" className="side-fold" aria-label={t.nav.closeMenu} onClick={drawer.close}>
              <IconX size={20} stroke={1.7} aria-hidden />
            </button>
          </div>
          <button
            type="button"
            className="side-item side-search"
            onClick={() => {
              drawer.close();
              onSearch();
            }}
          >
            <IconSearch size={18} stroke={1.8} aria-hidden />
            <span className="side-label">{t.palette.open}</span>
          </button>
          <nav className="side-nav" aria-label={t.nav.main}>
            <NavGroups replace />
          </nav>
          <div className="side-foot">
            <ConnectionState />
            <AccountMenu
              onKeys={() => {
                drawer.close();
                onKeys();
              }}
            />
          </div>
        </Sheet>
      )}
    </>
  );
}
