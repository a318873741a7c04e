// What a notice about an event holds: whom it is about, and what is known of that as it is considered. Read for a
// whole batch of events in a fixed number of statements.

import type { AgentId, ServerId } from '@mainstay/core/id';
import type { Named, NoticeFacts } from '@mainstay/core/notice';
import type { Place } from '@mainstay/core/notification-rules';
import type { Reason } from '@mainstay/core/reason';
import { type Topic, topics } from '@mainstay/core/topics';
import type { Event, Happening } from '@mainstay/wire/events';
import type { ServerRow } from '../sql/schema.ts';
import type { Reader } from '../sql/store.ts';

/** What a notice says it is about, apart from its topic. */
export interface About {
  readonly at: number;
  readonly server: Named | null;
  readonly host: Named | null;
  readonly facts: NoticeFacts;
}

type KnownServer = Pick<ServerRow, 'id' | 'name' | 'agent_id' | 'state' | 'data_exists' | 'data_bytes' | 'volumes_json' | 'limits_json'>;

/** The servers and hosts of some events, as they stand. */
export interface Context {
  readonly servers: ReadonlyMap<ServerId, KnownServer>;
  readonly hosts: ReadonlyMap<AgentId, { readonly name: string; readonly heardAt: number | null; readonly serverIds: readonly ServerId[] }>;
}

export async function contextOf(reader: Reader, events: readonly Event[]): Promise<Context> {
  const serverIds = [...new Set(events.flatMap(({ serverId }) => serverId ?? []))];
  const agentIds = [...new Set(events.flatMap(({ agentId }) => agentId ?? []))];
  const servers = await reader
    .selectFrom('servers')
    .select(['id', 'name', 'agent_id', 'state', 'data_exists', 'data_bytes', 'volumes_json', 'limits_json'])
    .where('id', 'in', serverIds)
    .execute();
  const agents = await reader.selectFrom('agents').select(['id', 'name', 'last_heard_at']).where('id', 'in', agentIds).execute();
  const there = await reader.selectFrom('servers').select(['id', 'agent_id']).where('agent_id', 'in', agentIds).execute();
  const byHost = Map.groupBy(there, ({ agent_id }) => agent_id);
  return {
    servers: new Map(servers.map((server) => [server.id, server])),
    hosts: new Map(
      agents.map(({ id, name, last_heard_at }) => [
        id,
        { name, heardAt: last_heard_at, serverIds: (byHost.get(id) ?? []).map((server) => server.id) },
      ]),
    ),
  };
}

export function placeOf({ serverId, agentId }: Event, { hosts }: Context): Place {
  return { serverId, agentId, serversThere: (agentId === null ? undefined : hosts.get(agentId)?.serverIds) ?? [] };
}

/** Whom an alarm is about: the server, or the host. */
export function subjectOf({ serverId, agentId }: Event, topic: Topic): string | null {
  return topics[topic].about === 'server' ? serverId : agentId;
}

export function aboutOf(event: Event, { servers, hosts }: Context): About {
  const { at, serverId, serverName, agentId, happening, cause } = event;
  const server = serverId === null ? undefined : servers.get(serverId);
  const host = agentId === null ? undefined : hosts.get(agentId);
  return {
    at,
    server: serverId === null ? null : { id: serverId, name: server?.name ?? serverName ?? 'A server' },
    host: agentId === null || host === undefined ? null : { id: agentId, name: host.name },
    facts: {
      ...(server === undefined ? {} : worldFacts(server)),
      ...('who' in cause ? { who: cause.who } : {}),
      ...(serverId === null ? { servers: host?.serverIds.length ?? 0 } : {}),
      ...(host?.heardAt == null ? {} : { silentMs: Math.max(0, at - host.heardAt) }),
      ...happeningFacts(happening, at),
    },
  };
}

function worldFacts(server: KnownServer): NoticeFacts {
  const { memoryMb } = JSON.parse(server.limits_json) as { memoryMb: number | null };
  const keepsNothing = (JSON.parse(server.volumes_json) as unknown[]).length === 0;
  return { memoryLimitMb: memoryMb, ...(keepsNothing ? {} : { data: server.data_exists, dataBytes: server.data_bytes }) };
}

function happeningFacts(happening: Happening, at: number): NoticeFacts {
  switch (happening.kind) {
    case 'server-state':
      return { reason: happening.reason as Reason };
    case 'server-crashed':
      return {
        reason: { code: happening.exit.outOfMemory ? 'out-of-memory' : 'crashed', exit: happening.exit },
        restarts: happening.restarts,
      };
    case 'server-purged':
      return { dataRemoved: happening.dataRemoved };
    case 'server-quota':
      return { dataBytes: happening.bytes, quotaBytes: happening.quotaBytes };
    case 'agent-disk':
      return { freeBytes: happening.freeBytes, totalBytes: happening.totalBytes };
    case 'purge-near':
      return { purgeInMs: happening.purgeAt - at };
    case 'operation-ended':
      return { operation: happening.operation, detail: happening.detail };
    case 'agent-engine':
      return { engine: happening.state, detail: happening.detail };
    default:
      return {};
  }
}
