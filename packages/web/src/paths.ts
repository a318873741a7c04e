// Every address of the page: the patterns that the router knows, and the links that lead there. The API's addresses
// are the contract's.

import type { AgentId, ServerId } from '@mainstay/core/id';
import { type State, states } from '@mainstay/core/lifecycle';
import { pathOf } from '@mainstay/wire/client';
import { contract } from '@mainstay/wire/contract';

export const patterns = {
  signIn: '/sign-in',
  servers: '/',
  newServer: '/servers/new',
  server: '/servers/$serverId',
  serverHistory: '/servers/$serverId/history',
  serverSettings: '/servers/$serverId/settings',
  hosts: '/hosts',
  host: '/hosts/$agentId',
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

/** What a new server is made after, as it stands in the address. */
export function readNewServer(search: Readonly<Record<string, unknown>>): { readonly from?: string } {
  return typeof search['from'] === 'string' ? { from: search['from'] } : {};
}

export const paths = {
  signIn: () => ({ to: patterns.signIn }) as const,
  servers: (filter: ServerFilter = {}) => ({ to: patterns.servers, search: filter }) as const,
  newServer: (from?: ServerId) => ({ to: patterns.newServer, search: from === undefined ? {} : { from } }) as const,
  server: (serverId: ServerId) => ({ to: patterns.server, params: { serverId } }) as const,
  serverHistory: (serverId: ServerId) => ({ to: patterns.serverHistory, params: { serverId } }) as const,
  serverSettings: (serverId: ServerId) => ({ to: patterns.serverSettings, params: { serverId } }) as const,
  hosts: () => ({ to: patterns.hosts }) as const,
  host: (agentId: AgentId) => ({ to: patterns.host, params: { agentId } }) as const,
};

/** Where the changes come from. */
export const changesUrl = pathOf(contract.streamChanges, {});
