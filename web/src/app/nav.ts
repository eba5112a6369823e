/**
 * The pages, in their order: one table feeds the sidebar, the phone's tabs, the palette and the keys. A page is shown
 * once the router knows its address, so a new one needs its route and nothing here.
 */
import {
  IconActivity,
  IconApi,
  IconBolt,
  IconBrain,
  IconBroadcast,
  IconChartBar,
  IconClock,
  IconDeviceMobile,
  IconFileText,
  IconFolder,
  IconGauge,
  IconMessage,
  IconPalette,
  IconPlugConnected,
  type IconProps,
  IconPuzzle,
  IconRoute,
  IconSettings,
  IconShieldCheck,
  IconSparkles,
  IconStethoscope,
  IconTimeline,
  IconTool,
} from '@tabler/icons-react';
import { type LinkProps, type RegisteredRouter, useRouter } from '@tanstack/react-router';
import { type ComponentType, useMemo } from 'react';

/** The addresses that the router knows. */
export type Address = LinkProps<'a', RegisteredRouter>['to'] & keyof RegisteredRouter['routesByPath'];

interface Entry {
  to: string;
  icon: ComponentType<IconProps>;
  /** The keys that lead there. */
  keys: string;
}

const page = <Id extends string>(id: Id, icon: Entry['icon'], letter: string) => ({
  id,
  to: `/${id}`,
  icon,
  keys: `g ${letter}`,
});

const TABLE = {
  work: [
    page('chat', IconMessage, 'c'),
    page('overview', IconGauge, 'o'),
    page('approvals', IconShieldCheck, 'a'),
  ],
  agent: [
    page('memory', IconBrain, 'm'),
    page('workspace', IconFolder, 'w'),
    page('cron', IconClock, 'r'),
    page('jobs', IconActivity, 'j'),
    page('skills', IconBolt, 'k'),
    page('tools', IconTool, 't'),
    page('extensions', IconPuzzle, 'x'),
    page('channels', IconRoute, 'h'),
  ],
  watch: [
    page('cost', IconChartBar, 'u'),
    page('logs', IconFileText, 'l'),
    page('events', IconBroadcast, 'b'),
    page('traces', IconTimeline, 'n'),
    page('doctor', IconStethoscope, 'd'),
  ],
  manage: [
    page('settings', IconSettings, 's'),
    page('provider', IconSparkles, 'p'),
    page('integrations', IconPlugConnected, 'y'),
    page('devices', IconDeviceMobile, 'v'),
    page('access', IconApi, 'i'),
  ],
};
/** Not in the sidebar: the account's menu leads there. */
const APPEARANCE = page('appearance', IconPalette, 'e');

export type Group = keyof typeof TABLE;
export type PageId = (typeof TABLE)[Group][number]['id'] | 'appearance';

export interface NavItem extends Entry {
  id: PageId;
  to: Address;
}
export interface NavGroup {
  group: Group;
  items: NavItem[];
}

/** What stands in the tabs of a phone, as far as it is there and there is room. */
const TABS: readonly PageId[] = ['chat', 'overview', 'approvals', 'memory', 'cron', 'devices'];
const TABS_AT_MOST = 4;

export function shownPages(known: Readonly<Record<string, unknown>>) {
  const there = (item: Entry & { id: PageId }): item is NavItem => item.to in known;
  const groups: NavGroup[] = (Object.entries(TABLE) as [Group, (Entry & { id: PageId })[]][])
    .map(([group, items]) => ({ group, items: items.filter(there) }))
    .filter(({ items }) => items.length > 0);
  const listed = groups.flatMap(({ items }) => items);
  const appearance: Entry & { id: PageId } = APPEARANCE;
  const all = there(appearance) ? [...listed, appearance] : listed;
  const tabs = TABS.flatMap((id) => listed.find((item) => item.id === id) ?? []).slice(0, TABS_AT_MOST);
  return { groups, all, tabs };
}

/** The pages that this version has. */
export function usePages() {
  const router = useRouter();
  return useMemo(() => shownPages(router.routesByPath), [router]);
}

/** The page that an address belongs to. */
export const pageAt = (path: string, pages: readonly NavItem[]) =>
  pages.find(({ to }) => path === to || path.startsWith(`${to}/`));
