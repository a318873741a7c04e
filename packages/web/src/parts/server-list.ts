// Which servers the list shows and in what order: filtered as the address says, by host, by name, deleted ones last.
// Unless somebody asks for it the order never depends on what changes: a row stays where the eye left it.

import { type State, states } from '@mainstay/core/lifecycle';
import type { Server } from '@mainstay/wire/servers';
import { text } from '../messages.ts';
import { type ServerFilter, type ServerView, type SortKey, sortKeys } from '../paths.ts';
import { usageNow } from './usage-words.ts';

export interface ServerGroup {
  /** null: the list is flat. */
  readonly host: { readonly agentId: Server['agentId']; readonly name: string } | null;
  readonly servers: readonly Server[];
}

/** Of the servers that the search and the host leave, how many are in each state. The API counts by the same rule. */
export function countStates(servers: readonly Server[], filter: ServerFilter): Record<State, number> {
  const counts = Object.fromEntries(states.map((state) => [state, 0])) as Record<State, number>;
  for (const server of servers) if (isSought(server, filter)) counts[server.state] += 1;
  return counts;
}

function isSought({ agentId, name, image }: Server, { q, agentId: host }: ServerFilter): boolean {
  if (host !== undefined && agentId !== host) return false;
  if (q === undefined) return true;
  const sought = q.trim().toLowerCase();
  return name.toLowerCase().includes(sought) || image.toLowerCase().includes(sought);
}

function isShown(server: Server, filter: ServerFilter): boolean {
  if (!isSought(server, filter)) return false;
  if (filter.state !== undefined) return server.state === filter.state;
  return server.state !== 'deleted' || filter.deleted === true;
}

/** The shown servers in order, grouped by host unless the view is flat. */
export function groupServers(servers: readonly Server[], filter: ServerFilter, view: ServerView = {}): ServerGroup[] {
  const order = orderOf(view);
  const shown = servers.filter((server) => isShown(server, filter)).sort(order);
  if (view.group === 'none') return shown.length === 0 ? [] : [{ host: null, servers: shown }];
  return [...Map.groupBy(shown, (server) => server.agentId)]
    .map(([agentId, members]) => ({ host: { agentId, name: members[0]?.host.name ?? '' }, servers: members }))
    .sort((a, b) => names.compare(a.host.name, b.host.name));
}

/** One collator for all: as people count, and many times quicker than one for each comparison. */
const names = new Intl.Collator(text.locale, { numeric: true });

const byPlace = (a: Server, b: Server) => Number(a.state === 'deleted') - Number(b.state === 'deleted') || names.compare(a.name, b.name);

/** What a column is ordered by; null: not known, which stands last whichever way. */
const values = {
  state: ({ state }) => states.indexOf(state),
  name: null,
  address: ({ ports }) => ports[0]?.hostPort ?? null,
  cpu: (server) => usageNow(server)?.cores ?? null,
  memory: (server) => usageNow(server)?.memoryBytes ?? null,
  data: ({ dataExists, dataBytes }) => (dataExists === 'yes' ? dataBytes : null),
} as const satisfies Record<SortKey, ((server: Server) => number | null) | null>;

/** The column and the direction that a view is ordered by. */
export function sortOf({ sort = 'name' }: ServerView): { readonly key: SortKey; readonly descending: boolean } {
  const key = sortKeys.find((known) => sort === known || sort === `-${known}`) ?? 'name';
  return { key, descending: sort !== key };
}

function orderOf(view: ServerView): (a: Server, b: Server) => number {
  const { key, descending } = sortOf(view);
  const value = values[key];
  const sign = descending ? -1 : 1;
  if (value === null) {
    return (a, b) => Number(a.state === 'deleted') - Number(b.state === 'deleted') || sign * names.compare(a.name, b.name);
  }
  return (a, b) => {
    const left = value(a);
    const right = value(b);
    if (left === right) return byPlace(a, b);
    if (left === null || right === null) return left === null ? 1 : -1;
    return sign * (left - right);
  };
}

/** What a press on a column's head asks for: what is many comes first where that is what one looks for. */
export function nextSort(view: ServerView, key: SortKey): NonNullable<ServerView['sort']> {
  const current = sortOf(view);
  const downFirst = key === 'cpu' || key === 'memory' || key === 'data';
  const descending = current.key === key ? !current.descending : downFirst;
  return descending ? `-${key}` : key;
}

/** A line of the list: a host's head, or a server. */
export type Line =
  | { readonly kind: 'host'; readonly key: string; readonly group: ServerGroup; readonly host: NonNullable<ServerGroup['host']> }
  | { readonly kind: 'server'; readonly key: string; readonly server: Server };

export function linesOf(groups: readonly ServerGroup[]): Line[] {
  return groups.flatMap((group): Line[] => [
    ...(group.host ? [{ kind: 'host', key: group.host.agentId, group, host: group.host } as const] : []),
    ...group.servers.map((server) => ({ kind: 'server', key: server.id, server }) as const),
  ]);
}
