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
import { readDoctorView } from '@/features/doctor/view.logic';
import { readIntegrationsView } from '@/features/integrations/view.logic';
import { readQuery } from '@/features/memory/query.logic';
import { overviewSearch } from '@/features/overview/search';
import { PageSkeleton } from '@/ui/PageSkeleton';
import { firstPage } from './firstRun';
import { dropLayer } from './layer';
import { NotFound } from './NotFound';
import { RouteError } from './RouteError';
import { Shell } from './Shell';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

/** A page with an address of its own and no state in it; one with filters or tabs in its address says so itself. */
const page = <Path extends string>(path: Path, load: () => Promise<{ default: ComponentType }>) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load) });

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
  component: lazyRouteComponent(() => import('@/features/chat/ChatPage')),
});
const newChat = createRoute({ getParentRoute: () => chat, path: '/' });
const oneChat = createRoute({ getParentRoute: () => chat, path: '$session' });
const overview = createRoute({
  getParentRoute: () => root,
  path: '/overview',
  validateSearch: overviewSearch,
  component: lazyRouteComponent(() => import('@/features/overview/OverviewPage')),
});
const provider = createRoute({
  getParentRoute: () => root,
  path: '/provider',
  validateSearch: ({ add, edit }): { add?: string; edit?: string } => ({ add: word(add), edit: word(edit) }),
  component: lazyRouteComponent(() => import('@/features/provider/ProviderPage')),
});

const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  validateSearch: (search): { with?: string } => ({ with: word(search.with) }),
  component: lazyRouteComponent(() => import('@/features/welcome/WelcomePage')),
});
const memory = createRoute({
  getParentRoute: () => root,
  path: '/memory',
  validateSearch: readQuery,
  component: lazyRouteComponent(() => import('@/features/memory/MemoryPage')),
});
const approvals = createRoute({
  getParentRoute: () => root,
  path: '/approvals',
  validateSearch: readView,
  component: lazyRouteComponent(() => import('@/features/approvals/ApprovalsPage')),
});

const doctor = createRoute({
  getParentRoute: () => root,
  path: '/doctor',
  validateSearch: readDoctorView,
  component: lazyRouteComponent(() => import('@/features/doctor/DoctorPage')),
});
const integrations = createRoute({
  getParentRoute: () => root,
  path: '/integrations',
  validateSearch: readIntegrationsView,
  component: lazyRouteComponent(() => import('@/features/integrations/IntegrationsPage')),
});

dropLayer();

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    chat.addChildren([newChat, oneChat]),
    overview,
    approvals,
    memory,
    doctor,
    integrations,
    provider,
    welcome,
    page('/devices', () => import('@/features/devices/DevicesPage')),
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
