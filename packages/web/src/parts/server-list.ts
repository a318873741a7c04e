// Which servers the list shows and in what order: filtered as the address says, by host, by name, deleted ones last.
// The order never depends on the state otherwise: a row stays where the eye left it when its state changes.

import { type State, states } from '@mainstay/core/lifecycle';
import type { Server } from '@mainstay/wire/servers';
import type { ServerFilter } from '../paths.ts';

export interface HostGroup {
  readonly agentId: Server['agentId'];
  readonly hostName: string;
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

/** The shown servers, grouped by host. */
export function groupByHost(servers: readonly Server[], filter: ServerFilter): HostGroup[] {
  const groups = Map.groupBy(
    servers.filter((server) => isShown(server, filter)),
    (server) => server.agentId,
  );
  return [...groups]
    .map(([agentId, members]) => ({ agentId, hostName: members[0]?.host.name ?? '', servers: members.toSorted(byPlace) }))
    .sort((a, b) => a.hostName.localeCompare(b.hostName));
}

const byPlace = (a: Server, b: Server) =>
  Number(a.state === 'deleted') - Number(b.state === 'deleted') || a.name.localeCompare(b.name, undefined, { numeric: true });
