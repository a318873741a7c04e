// The routes, each with its page. Those inside the shell need a session; whoever has none is led to the sign-in page by
// the first answer of 401. The list is there at once; the other pages are loaded when somebody is about to go there.

import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { CrashedPage } from './pages/crashed.tsx';
import { NotFoundPage } from './pages/not-found.tsx';
import { ServersPage } from './pages/servers.tsx';
import { Shell } from './pages/shell.tsx';
import { SignInPage, signInByLink } from './pages/sign-in.tsx';
import { patterns, readNewServer, readServerSearch, readSpan } from './paths.ts';
import { stream } from './queries.ts';

const root = createRootRoute({ notFoundComponent: NotFoundPage, errorComponent: CrashedPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: patterns.signIn,
  beforeLoad: ({ location }) => signInByLink(location.hash),
  component: SignInPage,
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: () => stream.open(),
  component: Shell,
});

const servers = createRoute({
  getParentRoute: () => shell,
  path: patterns.servers,
  validateSearch: readServerSearch,
  component: ServersPage,
});

const newServer = createRoute({
  getParentRoute: () => shell,
  path: patterns.newServer,
  validateSearch: readNewServer,
  component: lazyRouteComponent(() => import('./pages/new-server.tsx'), 'NewServerPage'),
});

const server = createRoute({
  getParentRoute: () => shell,
  path: patterns.server,
  component: lazyRouteComponent(() => import('./pages/server.tsx'), 'ServerPage'),
});
const serverOverview = createRoute({
  getParentRoute: () => server,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/server-overview.tsx'), 'ServerOverviewPage'),
});
const serverConsole = createRoute({
  getParentRoute: () => server,
  path: '/console',
  component: lazyRouteComponent(() => import('./pages/server-console.tsx'), 'ServerConsolePage'),
});
const serverCharts = createRoute({
  getParentRoute: () => server,
  path: '/charts',
  validateSearch: readSpan,
  component: lazyRouteComponent(() => import('./pages/server-charts.tsx'), 'ServerChartsPage'),
});
const serverHistory = createRoute({
  getParentRoute: () => server,
  path: '/history',
  component: lazyRouteComponent(() => import('./pages/server-history.tsx'), 'ServerHistoryPage'),
});
const serverSettings = createRoute({
  getParentRoute: () => server,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/server-settings.tsx'), 'ServerSettingsPage'),
});

const hosts = createRoute({
  getParentRoute: () => shell,
  path: patterns.hosts,
  component: lazyRouteComponent(() => import('./pages/hosts.tsx'), 'HostsPage'),
});
const host = createRoute({
  getParentRoute: () => shell,
  path: patterns.host,
  component: lazyRouteComponent(() => import('./pages/hosts.tsx'), 'HostsPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    shell.addChildren([
      servers,
      newServer,
      server.addChildren([serverOverview, serverConsole, serverCharts, serverHistory, serverSettings]),
      hosts,
      host,
    ]),
  ]),
  // Plain words in the address: `?q=mine&state=missing`, as the API has them, not JSON.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const parameters = new URLSearchParams(
      Object.entries(search).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
    );
    return parameters.size === 0 ? '' : `?${parameters}`;
  },
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: CrashedPage,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
