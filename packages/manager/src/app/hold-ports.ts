// Host ports as they are recorded: allocated by the core, kept apart by the table's primary key.

import { allocatePorts, portKey, type WantedPort } from '@mainstay/core/ports';
import type { Port } from '@mainstay/core/server';
import type { AgentRow, ServerRow } from '../sql/schema.ts';
import type { Writer } from '../sql/store.ts';

/** Allocates and records the ports of a server. */
export async function holdPorts(
  writer: Writer,
  agent: Pick<AgentRow, 'id' | 'port_from' | 'port_to'>,
  server: Pick<ServerRow, 'id'>,
  wanted: readonly WantedPort[],
): Promise<Port[]> {
  const held = await writer
    .selectFrom('port_allocations')
    .innerJoin('servers', 'servers.id', 'port_allocations.server_id')
    .select(['port_allocations.host_port', 'port_allocations.protocol', 'servers.name'])
    .where('port_allocations.agent_id', '=', agent.id)
    .execute();
  const taken = new Map(held.map((row) => [portKey({ hostPort: row.host_port, protocol: row.protocol }), row.name]));
  const ports = allocatePorts(wanted, taken, { from: agent.port_from, to: agent.port_to });
  if (ports.length > 0) {
    await writer
      .insertInto('port_allocations')
      .values(
        ports.map((port, position) => ({
          agent_id: agent.id,
          protocol: port.protocol,
          host_port: port.hostPort,
          server_id: server.id,
          container_port: port.containerPort,
          name: port.name,
          position,
        })),
      )
      .execute();
  }
  return ports;
}
