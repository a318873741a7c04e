// Host ports as they are recorded: allocated by the core, kept apart by the table's primary key.

import { type Access, may } from '@mainstay/core/access';
import type { AgentId, ServerId } from '@mainstay/core/id';
import { allocatePorts, portKey, type WantedPort } from '@mainstay/core/ports';
import type { Port } from '@mainstay/core/server';
import type { AgentRow, ServerRow } from '../sql/schema.ts';
import type { Reader, Writer } from '../sql/store.ts';
import type { World } from '../world.ts';

/** How long the host is waited for: a port that it cannot be asked about is checked when the server starts. */
const askTimeoutMs = 2_000;

/** The ports that something holds on the host now, when one of `wanted` is to be chosen; none when the host cannot be asked. */
export async function portsHeld(world: World, agentId: AgentId, wanted: readonly WantedPort[]): Promise<string[]> {
  if (wanted.every((port) => port.hostPort !== undefined)) return [];
  try {
    const { ports } = await world.fleet.ask(agentId, 'host.heldports', {}, { timeoutMs: askTimeoutMs });
    return ports.map(portKey);
  } catch {
    return [];
  }
}

type PortsOf = Pick<AgentRow, 'id' | 'port_from' | 'port_to'>;

/**
 * Allocates ports, and records none.
 * @param access of who asks: whose a taken port is, they are told if they may see it
 * @param avoided ports that are held on the host: not chosen, but given to who names them
 */
export async function allocated(
  reader: Reader,
  access: Access,
  agent: PortsOf,
  wanted: readonly WantedPort[],
  avoided: readonly string[],
): Promise<Port[]> {
  const held = await reader
    .selectFrom('port_allocations')
    .innerJoin('servers', 'servers.id', 'port_allocations.server_id')
    .select(['port_allocations.host_port', 'port_allocations.protocol', 'servers.id', 'servers.name'])
    .where('port_allocations.agent_id', '=', agent.id)
    .execute();
  const seen = (serverId: ServerId) => may(access, 'see', { kind: 'server', serverId, agentId: agent.id });
  const taken = new Map(held.map((row) => [portKey({ hostPort: row.host_port, protocol: row.protocol }), seen(row.id) ? row.name : null]));
  return allocatePorts(wanted, taken, { from: agent.port_from, to: agent.port_to }, new Set(avoided));
}

/** Allocates and records the ports of a server. */
export async function holdPorts(
  writer: Writer,
  access: Access,
  agent: PortsOf,
  server: Pick<ServerRow, 'id'>,
  wanted: readonly WantedPort[],
  avoided: readonly string[],
): Promise<Port[]> {
  const ports = await allocated(writer, access, agent, wanted, avoided);
  await recordPorts(writer, { id: server.id, agent_id: agent.id }, ports, { leaving: false });
  return ports;
}

/** @param how.leaving whether they are held only for as long as the container has them */
export async function recordPorts(
  writer: Writer,
  server: Pick<ServerRow, 'id' | 'agent_id'>,
  ports: readonly Port[],
  how: { readonly leaving: boolean },
): Promise<void> {
  if (ports.length === 0) return;
  await writer
    .insertInto('port_allocations')
    .values(
      ports.map((port, position) => ({
        agent_id: server.agent_id,
        protocol: port.protocol,
        host_port: port.hostPort,
        server_id: server.id,
        container_port: port.containerPort,
        name: port.name,
        position,
        leaving: how.leaving ? 1 : 0,
      })),
    )
    .execute();
}
