/** What stands beside every page where there is room: search, pages, connection, account. */
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconSearch } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { t } from '@/i18n';
import { KeyHint } from '@/ui/KeyHint';
import { tip } from '@/ui/Tips';
import { AccountMenu } from './AccountMenu';
import { ConnectionState } from './Connection';
import { Logo } from './Logo';
import { NavGroups } from './NavLinks';
import { sidebar } from './prefs';

export interface SidebarProps {
  onSearch: () => void;
  onKeys: () => void;
}

export function Sidebar({ onSearch, onKeys }: SidebarProps) {
  const narrow = sidebar.use() === 'narrow';
  const Fold = narrow ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  return (
    <header className="side" data-narrow={narrow || undefined}>
      <div className="side-top">
        <Link to="/chat" className="brand" aria-label={t.product}>
          <Logo size={28} />
          <span className="side-label brand-name">{t.product}</span>
        </Link>
        <button
          type="button"
          className="side-fold"
          aria-expanded={!narrow}
          {...tip(narrow ? t.nav.expand : t.nav.collapse, '[')}
          onClick={() => sidebar.set(narrow ? 'open' : 'narrow')}
        >
          <Fold size={18} stroke={1.7} aria-hidden />
        </button>
      </div>
      <button
        type="button"
        className="side-item side-search"
        aria-label={t.palette.title}
        aria-keyshortcuts="Control+K Meta+K"
        data-tip={narrow ? t.palette.title : undefined}
        data-tip-keys={narrow ? 'mod+k' : undefined}
        onClick={onSearch}
      >
        <IconSearch size={17} stroke={1.8} aria-hidden />
        <span className="side-label">{t.palette.open}</span>
        <span className="side-label side-end" aria-hidden>
          <KeyHint keys="mod+k" />
        </span>
      </button>
      <nav className="side-nav" aria-label={t.nav.main}>
        <NavGroups tips={narrow} />
      </nav>
      <div className="side-foot">
        <ConnectionState narrow={narrow} />
        <AccountMenu narrow={narrow} onKeys={onKeys} />
      </div>
    </header>
  );
}
