// Every address of the page: the patterns that the router knows, and the links that lead there. The API's addresses
// are the contract's.

import type { AgentId, ServerId } from '@mainstay/core/id';
import { type State, states } from '@mainstay/core/lifecycle';
import { pathOf } from '@mainstay/wire/client';
import { contract } from '@mainstay/wire/contract';
import type { UsageSpan } from '@mainstay/wire/usage';

export const patterns = {
  signIn: '/sign-in',
  sso: '/sign-in/sso',
  welcome: '/welcome',
  invitation: '/invitation',
  reset: '/reset',
  account: '/account',
  people: '/settings/people',
  audit: '/settings/audit',
  servers: '/',
  newServer: '/servers/new',
  server: '/servers/$serverId',
  serverConsole: '/servers/$serverId/console',
  serverCharts: '/servers/$serverId/charts',
  serverHistory: '/servers/$serverId/history',
  serverSettings: '/servers/$serverId/settings',
  templates: '/templates',
  template: '/templates/$templateId',
  hosts: '/hosts',
  host: '/hosts/$agentId',
  settings: '/settings',
  notifications: '/notifications',
} as const;

/** What the list of servers is filtered by, as it stands in the address. */
export interface ServerFilter {
  readonly q?: string;
  readonly state?: State;
  readonly agentId?: string;
  readonly deleted?: true;
}

/** The filter in an address; what makes no sense there is left out. */
export function readServerFilter(search: Readonly<Record<string, unknown>>): ServerFilter {
  const state = states.find((known) => known === search['state']);
  return {
    ...(typeof search['q'] === 'string' && search['q'] !== '' ? { q: search['q'] } : {}),
    ...(state ? { state } : {}),
    ...(typeof search['agentId'] === 'string' ? { agentId: search['agentId'] } : {}),
    ...(search['deleted'] === 'true' || search['deleted'] === true ? { deleted: true as const } : {}),
  };
}

/** What the list can be ordered by. */
export const sortKeys = ['state', 'name', 'address', 'cpu', 'memory', 'data'] as const;
export type SortKey = (typeof sortKeys)[number];

/** How the list is laid out, as it stands in the address. */
export interface ServerView {
  /** A column; with a hyphen before it, from the greatest down. Left out: by name. */
  readonly sort?: SortKey | `-${SortKey}`;
  /** `none`: one list; left out: by host. */
  readonly group?: 'none';
  readonly layout?: 'cards';
}

/** All that the address of the list says. */
export type ServerSearch = ServerFilter & ServerView;

/** The list's address, read; what makes no sense there is left out. */
export function readServerSearch(search: Readonly<Record<string, unknown>>): ServerSearch {
  return { ...readServerFilter(search), ...readServerView(search) };
}

export function readServerView(search: Readonly<Record<string, unknown>>): ServerView {
  const wanted = search['sort'];
  const key = sortKeys.find((known) => wanted === known || wanted === `-${known}`);
  return {
    ...(key && wanted !== 'name' ? { sort: wanted === key ? key : (`-${key}` as const) } : {}),
    ...(search['group'] === 'none' ? { group: 'none' as const } : {}),
    ...(search['layout'] === 'cards' ? { layout: 'cards' as const } : {}),
  };
}

/** What a new server is made after: another server, or a template. Neither: that is to be chosen. */
export interface NewServerSearch {
  readonly from?: string;
  /** Its id; `scratch`: none. */
  readonly template?: string;
}

export const fromScratch = 'scratch';

export function readNewServer(search: Readonly<Record<string, unknown>>): NewServerSearch {
  const { from, template } = search;
  if (typeof from === 'string') return { from };
  return typeof template === 'string' ? { template } : {};
}

/** Which version of a template is looked at; left out: the newest. */
export function readVersion(search: Readonly<Record<string, unknown>>): { readonly version?: number } {
  const version = Number(search['version']);
  return Number.isInteger(version) && version > 0 ? { version } : {};
}

/** The span in the address of charts; what makes no sense there is the shortest. */
export function readSpan(search: Readonly<Record<string, unknown>>): { readonly span?: UsageSpan } {
  const span = search['span'];
  return span === '24h' || span === '7d' ? { span } : {};
}

/** What the audit log is searched by, as it stands in the address; left out: by nothing. */
export interface AuditSearch {
  readonly who?: string;
  readonly action?: string;
  readonly target?: string;
  readonly outcome?: string;
  /** Days, such as 2026-11-24, both included. */
  readonly from?: string;
  readonly to?: string;
}

export function readAuditSearch(search: Readonly<Record<string, unknown>>): AuditSearch {
  const kept = (['who', 'action', 'target', 'outcome', 'from', 'to'] as const).flatMap((key) => {
    const value = search[key];
    return typeof value === 'string' && value !== '' ? [[key, value] as const] : [];
  });
  return Object.fromEntries(kept);
}

/** Where somebody was going who had to sign in first: a page of this place, never another's. */
export function readWanted(search: Readonly<Record<string, unknown>>): { readonly to?: string } {
  const { to } = search;
  const here = 'https://here.invalid';
  const own = typeof to === 'string' && to.startsWith('/') && URL.canParse(to, here) && new URL(to, here).origin === here;
  return own ? { to } : {};
}

export const paths = {
  signIn: (wanted: { readonly to?: string } = {}) => ({ to: patterns.signIn, search: wanted }) as const,
  welcome: () => ({ to: patterns.welcome }) as const,
  account: () => ({ to: patterns.account }) as const,
  people: () => ({ to: patterns.people }) as const,
  audit: (search: AuditSearch = {}) => ({ to: patterns.audit, search }) as const,
  servers: (search: ServerSearch = {}) => ({ to: patterns.servers, search }) as const,
  newServer: (search: NewServerSearch = {}) => ({ to: patterns.newServer, search }) as const,
  templates: () => ({ to: patterns.templates }) as const,
  template: (templateId: string, version?: number) =>
    ({ to: patterns.template, params: { templateId }, search: version === undefined ? {} : { version } }) as const,
  server: (serverId: ServerId) => ({ to: patterns.server, params: { serverId } }) as const,
  serverConsole: (serverId: ServerId) => ({ to: patterns.serverConsole, params: { serverId } }) as const,
  serverCharts: (serverId: ServerId, span: UsageSpan = '1h') =>
    ({ to: patterns.serverCharts, params: { serverId }, search: span === '1h' ? {} : { span } }) as const,
  serverHistory: (serverId: ServerId) => ({ to: patterns.serverHistory, params: { serverId } }) as const,
  serverSettings: (serverId: ServerId) => ({ to: patterns.serverSettings, params: { serverId } }) as const,
  hosts: () => ({ to: patterns.hosts }) as const,
  settings: () => ({ to: patterns.settings }) as const,
  host: (agentId: AgentId) => ({ to: patterns.host, params: { agentId } }) as const,
  notifications: () => ({ to: patterns.notifications }) as const,
};

/** Where the changes come from. */
export const changesUrl = pathOf(contract.streamChanges, {});
