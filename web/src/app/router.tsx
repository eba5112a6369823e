/** Which address shows which page. Pages are loaded when they are first wanted. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { readView } from '@/features/approvals/view.logic';
import { chatSearch } from '@/features/chat/search.logic';
import { readSearch as costSearch } from '@/features/cost/search.logic';
import { readCronView } from '@/features/cron/view.logic';
import { readDoctorView } from '@/features/doctor/view.logic';
import { readSearch as eventSearch } from '@/features/events/search.logic';
import { readIntegrationsView } from '@/features/integrations/view.logic';
import { readSearch as logSearch } from '@/features/logs/search.logic';
import { readQuery } from '@/features/memory/query.logic';
import { overviewSearch } from '@/features/overview/search';
import { readSettingsView } from '@/features/settings/view.logic';
import { readView as readToolsView } from '@/features/tools/view.logic';
import { traceSearch, tracesSearch } from '@/features/traces/search.logic';
import { readQuery as readWorkspace } from '@/features/workspace/query.logic';
import { bringWords, type Room } from '@/i18n';
import { PageSkeleton } from '@/ui/PageSkeleton';
import { firstPage } from './firstRun';
import { dropLayer } from './layer';
import { NotFound } from './NotFound';
import { RouteError } from './RouteError';
import { Shell } from './Shell';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

type Load = () => Promise<{ default: ComponentType }>;

/** A page that is loaded, with the words of its rooms, when it is first wanted. */
const lazily = (load: Load, ...rooms: Room[]) =>
  lazyRouteComponent(async () => {
    const [module] = await Promise.all([load(), bringWords(...rooms)]);
    return module;
  });

/** A page with an address of its own and no state in it; one with filters or tabs in its address says so itself. */
const page = <Path extends string>(path: Path, load: Load, ...rooms: Room[]) =>
  createRoute({ getParentRoute: () => root, path, component: lazily(load, ...rooms) });

/** What an address may hold for a name; anything else is as good as nothing. */
const word = (value: unknown) => (typeof value === 'string' && value ? value : undefined);

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: async () => {
    throw redirect({ to: await firstPage(), replace: true });
  },
});
// One component for both addresses: the page does not begin anew when a new conversation gets its own.
const chat = createRoute({
  getParentRoute: () => root,
  path: '/chat',
  validateSearch: chatSearch,
  component: lazily(() => import('@/features/chat/ChatPage')),
});
const newChat = createRoute({ getParentRoute: () => chat, path: '/' });
const oneChat = createRoute({ getParentRoute: () => chat, path: '$session' });
const overview = createRoute({
  getParentRoute: () => root,
  path: '/overview',
  validateSearch: overviewSearch,
  component: lazily(() => import('@/features/overview/OverviewPage'), 'overview'),
});
const provider = createRoute({
  getParentRoute: () => root,
  path: '/provider',
  validateSearch: ({ add, edit }): { add?: string; edit?: string } => ({ add: word(add), edit: word(edit) }),
  component: lazily(() => import('@/features/provider/ProviderPage'), 'provider'),
});

const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  validateSearch: (search): { with?: string } => ({ with: word(search.with) }),
  component: lazily(() => import('@/features/welcome/WelcomePage'), 'welcome', 'provider'),
});
const memory = createRoute({
  getParentRoute: () => root,
  path: '/memory',
  validateSearch: readQuery,
  component: lazily(() => import('@/features/memory/MemoryPage'), 'memory'),
});
const cron = createRoute({
  getParentRoute: () => root,
  path: '/cron',
  validateSearch: readCronView,
  component: lazily(() => import('@/features/cron/CronPage'), 'cron'),
});
const workspace = createRoute({
  getParentRoute: () => root,
  path: '/workspace',
  validateSearch: readWorkspace,
  component: lazily(() => import('@/features/workspace/WorkspacePage'), 'workspace'),
});
const allFiles = createRoute({ getParentRoute: () => workspace, path: '/' });
const oneFile = createRoute({ getParentRoute: () => workspace, path: '$' });
const approvals = createRoute({
  getParentRoute: () => root,
  path: '/approvals',
  validateSearch: readView,
  component: lazily(() => import('@/features/approvals/ApprovalsPage')),
});

const traces = createRoute({
  getParentRoute: () => root,
  path: '/traces',
  validateSearch: tracesSearch,
  component: lazily(() => import('@/features/traces/TracesPage'), 'traces'),
});
const oneTrace = createRoute({
  getParentRoute: () => root,
  path: '/traces/$turn',
  validateSearch: traceSearch,
  component: lazily(() => import('@/features/traces/TracePage'), 'traces'),
});

const tools = createRoute({
  getParentRoute: () => root,
  path: '/tools',
  validateSearch: readToolsView,
  component: lazily(() => import('@/features/tools/ToolsPage'), 'tools'),
});
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  validateSearch: readSettingsView,
  component: lazily(() => import('@/features/settings/SettingsPage'), 'settings'),
});
const cost = createRoute({
  getParentRoute: () => root,
  path: '/cost',
  validateSearch: costSearch,
  component: lazily(() => import('@/features/cost/CostPage'), 'cost'),
});
const logs = createRoute({
  getParentRoute: () => root,
  path: '/logs',
  validateSearch: logSearch,
  component: lazily(() => import('@/features/logs/LogsPage'), 'logs'),
});
const events = createRoute({
  getParentRoute: () => root,
  path: '/events',
  validateSearch: eventSearch,
  component: lazily(() => import('@/features/events/EventsPage'), 'events'),
});

const doctor = createRoute({
  getParentRoute: () => root,
  path: '/doctor',
  validateSearch: readDoctorView,
  component: lazily(() => import('@/features/doctor/DoctorPage'), 'doctor'),
});
const integrations = createRoute({
  getParentRoute: () => root,
  path: '/integrations',
  validateSearch: readIntegrationsView,
  component: lazily(() => import('@/features/integrations/IntegrationsPage'), 'integrations'),
});

dropLayer();

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    chat.addChildren([newChat, oneChat]),
    overview,
    approvals,
    cron,
    memory,
    logs,
    events,
    traces,
    oneTrace,
    tools,
    cost,
    workspace.addChildren([allFiles, oneFile]),
    doctor,
    integrations,
    provider,
    settings,
    welcome,
    page('/devices', () => import('@/features/devices/DevicesPage'), 'devices'),
    page('/appearance', () => import('@/features/appearance/AppearancePage')),
  ]),
  defaultPreload: 'intent',
  defaultPendingComponent: PageSkeleton,
  defaultErrorComponent: RouteError,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
