// Servers and agents as the API shows them: rows gathered with what belongs to them, in a fixed number of statements
// whatever their count.

import { Fault } from '@mainstay/core/fault';
import type { AgentId, ServerId } from '@mainstay/core/id';
import type { Agent, Stray } from '@mainstay/wire/agents';
import type { Server } from '@mainstay/wire/servers';
import { type HostStanding, showAgent, showServer } from '../sql/rows.ts';
import type { AgentRow, ServerRow } from '../sql/schema.ts';
import type { World } from '../world.ts';

/** Shows servers in the order of their rows. */
export async function showServers(world: World, rows: readonly ServerRow[]): Promise<Server[]> {
  if (rows.length === 0) return [];
  const { db } = world.store;
  const now = world.clock.now();
  const ids = rows.map((row) => row.id);
  const ports = await db.selectFrom('port_allocations').selectAll().where('server_id', 'in', ids).execute();
  const open = await db
    .selectFrom('operations')
    .selectAll()
    .where('ended_at', 'is', null)
    .where((where) => where.or([where('server_id', 'in', ids), where('source_id', 'in', ids)]))
    .execute();
  const agentIds = [...new Set(rows.map((row) => row.agent_id))];
  const agents = await db.selectFrom('agents').selectAll().where('id', 'in', agentIds).execute();
  const portsOf = Map.groupBy(ports, (port) => port.server_id);
  const openOf = new Map(open.map((operation) => [operation.server_id, operation]));
  const copyingOf = new Map(open.map((operation) => [operation.source_id, operation]));
  const agentOf = new Map(agents.map((agent) => [agent.id, agent]));
  return rows.flatMap((row) => {
    const agent = agentOf.get(row.agent_id);
    if (!agent) return [];
    return [
      showServer(
        row,
        portsOf.get(row.id) ?? [],
        { row: agent, ...heard(world, agent.id, agent.last_heard_at) },
        openOf.get(row.id) ?? copyingOf.get(row.id),
        world.usage.of(row.id, now),
        world.settings.now,
      ),
    ];
  });
}

/** @throws Fault `not-found` */
export async function getServer(world: World, id: ServerId): Promise<Server> {
  const row = await world.store.db.selectFrom('servers').selectAll().where('id', '=', id).executeTakeFirst();
  const [shown] = row ? await showServers(world, [row]) : [];
  if (!shown) throw new Fault('not-found', 'There is no server with this id.');
  return shown;
}

/** All agents by name, or those with the given ids. */
export async function showAgents(world: World, ids?: readonly AgentId[]): Promise<Agent[]> {
  const { db } = world.store;
  const rows = await db
    .selectFrom('agents')
    .selectAll()
    .$if(ids !== undefined, (query) => query.where('id', 'in', ids ?? []))
    .orderBy('name')
    .execute();
  const counts = await db
    .selectFrom('servers')
    .select(['agent_id', (e) => e.fn.countAll<number>().as('count')])
    .$if(ids !== undefined, (query) => query.where('agent_id', 'in', ids ?? []))
    .groupBy('agent_id')
    .execute();
  // What a rebuild has beside the server's container for a while is no stray.
  const open = await db.selectFrom('operations').select('server_id').where('ended_at', 'is', null).execute();
  const busy = new Set<string | null>(open.map((row) => row.server_id));
  // Nor is what another host's server has: two agents may look at one engine, as after one that lost its home.
  const bodies = new Set((await recordedAmong(world, rows)).map((row) => row.container_id));
  const countOf = new Map(counts.map((row) => [row.agent_id, Number(row.count)]));
  return rows.map((row) => {
    const agent = showAgent({ row, ...heard(world, row.id, row.last_heard_at) }, countOf.get(row.id) ?? 0);
    return { ...agent, strays: agent.strays.filter((stray) => !busy.has(stray.serverId) && !bodies.has(stray.containerId)) };
  });
}

/** Of the containers that agents call strays, those that are recorded as some server's. */
async function recordedAmong(world: World, rows: readonly AgentRow[]): Promise<{ container_id: string | null }[]> {
  const ids = rows.flatMap((row) => (JSON.parse(row.strays_json) as Stray[]).map((stray) => stray.containerId));
  if (ids.length === 0) return [];
  return world.store.db.selectFrom('servers').select('container_id').where('container_id', 'in', ids).execute();
}

/** @throws Fault `not-found` */
export async function getAgent(world: World, id: AgentId): Promise<Agent> {
  const [shown] = await showAgents(world, [id]);
  if (!shown) throw new Fault('not-found', 'There is no agent with this id.');
  return shown;
}

/** The live connection knows better than the row when the host was last heard. */
function heard(world: World, id: AgentId, recorded: number | null): Omit<HostStanding, 'row'> {
  const member = world.fleet.member(id);
  return { online: member !== undefined, lastHeardAt: member?.lastHeardAt ?? recorded, clockSkewMs: member?.clockSkewMs ?? null };
}
