/** Which address shows which page. Pages are loaded when they are first wanted. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { chatSearch } from '@/features/chat/search.logic';
import { readQuery } from '@/features/memory/query.logic';
import { PageSkeleton } from '@/ui/PageSkeleton';
import { NotFound, RouteError } from './RouteError';
import { Shell } from './Shell';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/chat', replace: true });
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
  component: lazyRouteComponent(() => import('@/features/overview/OverviewPage')),
});
const provider = createRoute({
  getParentRoute: () => root,
  path: '/provider',
  component: lazyRouteComponent(() => import('@/features/provider/ProviderPage')),
});
const devices = createRoute({
  getParentRoute: () => root,
  path: '/devices',
  component: lazyRouteComponent(() => import('@/features/devices/DevicesPage')),
});
const memory = createRoute({
  getParentRoute: () => root,
  path: '/memory',
  validateSearch: readQuery,
  component: lazyRouteComponent(() => import('@/features/memory/MemoryPage')),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    chat.addChildren([newChat, oneChat]),
    overview,
    memory,
    provider,
    devices,
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
