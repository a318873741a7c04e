// What is asked of a host on somebody's behalf, and answered at once or not at all.

import { Fault } from '@mainstay/core/fault';
import type { AgentId } from '@mainstay/core/id';
import type { Protocol } from '@mainstay/core/server';
import type { World } from '../world.ts';
import { syncAgent } from './agents.ts';
import { getAgent } from './views.ts';

/** How long such a question may take before the asker is told that the host does not answer. */
export const askTimeoutMs = 10_000;
/** A stray is stopped with its own grace first. */
const removeTimeoutMs = 120_000;

/** Whether a host port can be had: by our own record first, then by what the host says. */
export async function checkPort(
  world: World,
  id: AgentId,
  { protocol, port }: { protocol: Protocol; port: number },
): Promise<{ free: 'yes' | 'no' | 'unknown'; holder: string | null }> {
  await getAgent(world, id);
  const ours = await world.store.db
    .selectFrom('port_allocations')
    .innerJoin('servers', 'servers.id', 'port_allocations.server_id')
    .select('servers.name')
    .where('port_allocations.agent_id', '=', id)
    .where('protocol', '=', protocol)
    .where('host_port', '=', port)
    .executeTakeFirst();
  if (ours) return { free: 'no', holder: `server “${ours.name}”` };
  try {
    const { holder } = await world.fleet.ask(id, 'host.checkport', { protocol, hostPort: port }, { timeoutMs: askTimeoutMs });
    return { free: holder === null ? 'yes' : 'no', holder };
  } catch (error) {
    if (error instanceof Fault) return { free: 'unknown', holder: null };
    throw error;
  }
}

/** Removes a container that carries our label and is no server's, and looks again. */
export async function removeStray(world: World, id: AgentId, containerId: string): Promise<void> {
  const agent = await getAgent(world, id);
  const stray = agent.strays.find((known) => known.containerId.startsWith(containerId));
  if (!stray) throw new Fault('not-found', 'There is no such stray container on this host.');
  await world.fleet.ask(id, 'host.removestray', { containerId: stray.containerId }, { timeoutMs: removeTimeoutMs });
  await syncAgent(world, id);
}
