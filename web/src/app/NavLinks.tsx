/** The pages as links: in the sidebar, in a phone's drawer, and as the tabs below. */
import { Link, useRouterState } from '@tanstack/react-router';
import { t } from '@/i18n';
import { count } from '@/i18n/format';
import { useBadge } from './badge';
import { type NavItem, pageAt, usePages } from './nav';

const path = (state: { location: { pathname: string } }) => state.location.pathname;

/** The page that is shown now. */
export function useCurrentPage() {
  const { all } = usePages();
  const here = useRouterState({ select: path });
  return pageAt(here, all)?.id;
}

function Badge({ id }: { id: string }) {
  const waiting = useBadge(id);
  if (waiting === 0) return null;
  const shown = waiting > 99 ? '99+' : count(waiting);
  return (
    <>
      <span className="nav-badge num" aria-hidden>
        {shown}
      </span>
      <span className="hidden-words">{t.nav.waiting(shown)}</span>
    </>
  );
}

export interface NavLinkProps {
  item: NavItem;
  active: boolean;
  className: string;
  /** Shows its name beside it while there is only its picture. */
  tip?: boolean;
  /** Inside a drawer, which the page it leads to replaces. */
  replace?: boolean;
  onClick?: () => void;
}

export function PageLink({ item, active, className, tip, replace, onClick }: NavLinkProps) {
  const name = t.nav[item.id];
  return (
    <Link
      to={item.to}
      replace={replace}
      className={className}
      data-active={active || undefined}
      aria-current={active ? 'page' : undefined}
      data-tip={tip ? name : undefined}
      data-tip-keys={tip ? item.keys : undefined}
      onClick={onClick}
    >
      <item.icon size={18} stroke={active ? 2 : 1.7} aria-hidden />
      <span className="side-label">{name}</span>
      <Badge id={item.id} />
    </Link>
  );
}

export function NavGroups(props: { tips?: boolean; replace?: boolean; onPick?: () => void }) {
  const { groups } = usePages();
  const current = useCurrentPage();
  return groups.map(({ group, items }) => (
    <section key={group} className="nav-group" aria-label={t.nav.groups[group]}>
      <div className="nav-heading" aria-hidden>
        <span>{t.nav.groups[group]}</span>
      </div>
      {items.map((item) => (
        <PageLink
          key={item.id}
          item={item}
          active={item.id === current}
          className="side-item"
          tip={props.tips}
          replace={props.replace}
          onClick={props.onPick}
        />
      ))}
    </section>
  ));
}
