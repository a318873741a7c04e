// What one change of the stream makes of what the page holds. Pure: a holding and a change in, a holding out, the
// same object when nothing in it changed, so that only the rows that did are drawn again.

import type { Agent } from '@mainstay/wire/agents';
import type { Bulk } from '@mainstay/wire/bulk';
import type { Change, Event } from '@mainstay/wire/events';
import type { Operation } from '@mainstay/wire/operations';
import type { Server } from '@mainstay/wire/servers';

/** Whether an operation has not ended. */
export function isOpen(operation: Operation): boolean {
  return operation.endedAt === null;
}

/** Puts a snapshot in its place, or at the end; null takes it out. */
function placed<T extends { readonly id: string }>(items: readonly T[], id: string, snapshot: T | null): readonly T[] {
  const at = items.findIndex((item) => item.id === id);
  if (snapshot === null) return at < 0 ? items : items.toSpliced(at, 1);
  return at < 0 ? [...items, snapshot] : items.with(at, snapshot);
}

/** The change's server: its snapshot, null when it is gone, undefined when the change says nothing of one. */
function serverOf(change: Change): { id: string; snapshot: Server | null } | undefined {
  if (change.server === undefined) return undefined;
  const id = change.server?.id ?? change.event?.serverId;
  return id ? { id, snapshot: change.server } : undefined;
}

/** One server after a change; null: it is gone. */
export function patchServer(server: Server, change: Change): Server | null {
  const told = serverOf(change);
  if (told?.id === server.id) return told.snapshot;
  const { agent, operation } = change;
  const used = change.usage?.find(({ serverId }) => serverId === server.id);
  let patched = used ? { ...server, usage: used.usage } : server;
  if (operation) patched = withOperation(patched, operation);
  if (agent?.id === server.agentId) patched = withHost(patched, agent);
  return patched;
}

/** A server with what is now known of an operation: its own, or one that copies its data. */
export function withOperation(server: Server, operation: Operation): Server {
  const holds = operation.serverId === server.id || operation.source?.serverId === server.id;
  if (isOpen(operation) && holds) return { ...server, operation };
  return server.operation?.id === operation.id ? { ...server, operation: null } : server;
}

function withHost(server: Server, agent: Agent): Server {
  const { online, lastHeardAt, name } = agent;
  const engine = agent.engine?.state ?? null;
  const { host } = server;
  if (host.online === online && host.engine === engine && host.name === name && (online || host.lastHeardAt === lastHeardAt)) return server;
  return { ...server, host: { name, online, lastHeardAt, engine } };
}

export function patchServers(servers: readonly Server[], change: Change): readonly Server[] {
  const told = serverOf(change);
  const list = told ? placed(servers, told.id, told.snapshot) : servers;
  if (!change.agent && !change.operation && !change.usage) return list;
  // A host's samples are many: looked up, not searched for.
  const used = change.usage ? new Map(change.usage.map(({ serverId, usage }) => [serverId, usage])) : undefined;
  const { usage: _usage, ...rest } = change;
  let touched = false;
  const patched = list.map((server) => {
    const sample = used?.get(server.id);
    const sampled = sample ? { ...server, usage: sample } : server;
    const next = server === told?.snapshot ? server : (patchServer(sampled, rest) ?? sampled);
    if (next !== server) touched = true;
    return next;
  });
  return touched ? patched : list;
}

export function patchAgents(agents: readonly Agent[], change: Change): readonly Agent[] {
  if (change.agent === undefined) return agents;
  const id = change.agent?.id ?? change.event?.agentId;
  return id ? placed(agents, id, change.agent) : agents;
}

/** A server's operations, newest first. */
export function patchOperations(operations: readonly Operation[], serverId: string, change: Change): readonly Operation[] {
  const { operation } = change;
  if (operation?.serverId !== serverId) return operations;
  return operations.some((known) => known.id === operation.id) ? placed(operations, operation.id, operation) : [operation, ...operations];
}

/** What came of a bulk's servers. */
export function patchBulk(bulk: Bulk, { bulk: told }: Change): Bulk {
  if (told?.id !== bulk.id) return bulk;
  const items = new Map(told.items.map((item) => [item.serverId, item]));
  return { ...bulk, endedAt: told.endedAt, cancelled: told.cancelled, items: bulk.items.map((item) => items.get(item.serverId) ?? item) };
}

/** A server's history, newest first. An event that the stream tells again after a break is not told twice. */
export function patchEvents(events: readonly Event[], serverId: string, change: Change): readonly Event[] {
  const { event } = change;
  if (event?.serverId !== serverId || events.some((known) => known.id === event.id)) return events;
  return [event, ...events];
}
