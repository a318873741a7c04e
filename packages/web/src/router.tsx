// The routes, each with its page. Those inside the shell need a session; whoever has none is led to the sign-in page by
// the first answer of 401. The list is there at once, the other pages come later.

import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { later } from './later.ts';
import { CrashedPage, CrashedView } from './pages/crashed.tsx';
import { NotFoundPage } from './pages/not-found.tsx';
import { ServersPage } from './pages/servers.tsx';
import { Shell } from './pages/shell.tsx';
import { patterns, readAuditSearch, readNewServer, readServerSearch, readSpan, readVersion, readWanted } from './paths.ts';
import { stream } from './queries.ts';
import { onlyFirstOwner, signInByLink } from './sign-in-by-link.ts';

const root = createRootRoute({ notFoundComponent: NotFoundPage, errorComponent: CrashedPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: patterns.signIn,
  validateSearch: readWanted,
  beforeLoad: ({ location }) => signInByLink(location),
  component: later(async () => (await import('./pages/sign-in.tsx')).SignInPage, { when: 'opened' }),
});
const sso = createRoute({
  getParentRoute: () => root,
  path: patterns.sso,
  component: later(async () => (await import('./pages/sso.tsx')).SsoPage, { when: 'opened' }),
});
const welcome = createRoute({
  getParentRoute: () => root,
  path: patterns.welcome,
  beforeLoad: onlyFirstOwner,
  component: later(async () => (await import('./pages/choose.tsx')).WelcomePage, { when: 'opened' }),
});
const invitation = createRoute({
  getParentRoute: () => root,
  path: patterns.invitation,
  component: later(async () => (await import('./pages/choose.tsx')).InvitationPage, { when: 'opened' }),
});
const reset = createRoute({
  getParentRoute: () => root,
  path: patterns.reset,
  component: later(async () => (await import('./pages/choose.tsx')).ResetPage, { when: 'opened' }),
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
  component: later(async () => (await import('./pages/new-server.tsx')).NewServerPage),
});

const server = createRoute({
  getParentRoute: () => shell,
  path: patterns.server,
  component: later(async () => (await import('./pages/server.tsx')).ServerPage),
});
const serverOverview = createRoute({
  getParentRoute: () => server,
  path: '/',
  component: later(async () => (await import('./pages/server-overview.tsx')).ServerOverviewPage),
});
const serverConsole = createRoute({
  getParentRoute: () => server,
  path: '/console',
  component: later(async () => (await import('./pages/server-console.tsx')).ServerConsolePage, { when: 'opened' }),
});
const serverCharts = createRoute({
  getParentRoute: () => server,
  path: '/charts',
  validateSearch: readSpan,
  component: later(async () => (await import('./pages/server-charts.tsx')).ServerChartsPage, { when: 'opened' }),
});
const serverHistory = createRoute({
  getParentRoute: () => server,
  path: '/history',
  component: later(async () => (await import('./pages/server-history.tsx')).ServerHistoryPage),
});
const serverSettings = createRoute({
  getParentRoute: () => server,
  path: '/settings',
  component: later(async () => (await import('./pages/server-settings.tsx')).ServerSettingsPage),
});

const templates = createRoute({
  getParentRoute: () => shell,
  path: patterns.templates,
  component: later(async () => (await import('./pages/templates.tsx')).TemplatesPage),
});
const template = createRoute({
  getParentRoute: () => shell,
  path: patterns.template,
  validateSearch: readVersion,
  component: later(async () => (await import('./pages/template.tsx')).TemplatePage),
});

const hosts = createRoute({
  getParentRoute: () => shell,
  path: patterns.hosts,
  component: later(async () => (await import('./pages/hosts.tsx')).HostsPage),
});
const host = createRoute({
  getParentRoute: () => shell,
  path: patterns.host,
  component: later(async () => (await import('./pages/hosts.tsx')).HostsPage),
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: patterns.settings,
  component: later(async () => (await import('./pages/settings.tsx')).SettingsPage),
});

const notifications = createRoute({
  getParentRoute: () => shell,
  path: patterns.notifications,
  component: later(async () => (await import('./pages/notifications.tsx')).NotificationsPage),
});

const people = createRoute({
  getParentRoute: () => shell,
  path: patterns.people,
  component: later(async () => (await import('./pages/people.tsx')).PeoplePage),
});
const audit = createRoute({
  getParentRoute: () => shell,
  path: patterns.audit,
  validateSearch: readAuditSearch,
  component: later(async () => (await import('./pages/audit.tsx')).AuditPage),
});
const account = createRoute({
  getParentRoute: () => shell,
  path: patterns.account,
  component: later(async () => (await import('./pages/account.tsx')).AccountPage),
});

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    sso,
    welcome,
    invitation,
    reset,
    shell.addChildren([
      servers,
      newServer,
      server.addChildren([serverOverview, serverConsole, serverCharts, serverHistory, serverSettings]),
      templates,
      template,
      hosts,
      host,
      settings,
      notifications,
      people,
      audit,
      account,
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
  defaultErrorComponent: CrashedView,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
