// How large worlds are: asked of the hosts now and then, and on a sync. A size is small print, so a look that fails
// leaves the one that is known.

import type { AgentId, ServerId } from '@mainstay/core/id';
import type { World } from '../world.ts';

/** Counting files takes as long as the disk does; a host that is still at it is asked again the next time. */
const measureTimeoutMs = 5 * 60_000;

/** Asks one host for the sizes of all its servers' data. @throws Fault `host-away` */
export async function measureData(world: World, agentId: AgentId): Promise<void> {
  const rows = await world.store.db
    .selectFrom('servers')
    .select('id')
    .where('agent_id', '=', agentId)
    .where('applied_json', 'is not', null)
    .execute();
  if (rows.length === 0) return;
  const { servers } = await world.fleet.ask(
    agentId,
    'server.checkdata',
    { serverIds: rows.map((row) => row.id), size: true },
    { timeoutMs: measureTimeoutMs },
  );
  const resized = await world.store.transact(async (writer) => {
    const changed: ServerId[] = [];
    for (const { serverId, data } of servers) {
      if (data.bytes === null) continue;
      const { numUpdatedRows } = await writer
        .updateTable('servers')
        .set({ data_bytes: data.bytes })
        .where('id', '=', serverId)
        .where('agent_id', '=', agentId)
        .where('data_bytes', 'is distinct from', data.bytes)
        .executeTakeFirst();
      if (numUpdatedRows > 0n) changed.push(serverId);
    }
    return changed;
  });
  if (resized.length > 0) world.bus.publish({ topic: 'shown', servers: resized });
}

/** Asks every host that is connected. */
export async function measureAllData(world: World): Promise<void> {
  const agentIds = [...world.fleet.members()].map((member) => member.agentId);
  const results = await Promise.allSettled(agentIds.map((agentId) => measureData(world, agentId)));
  for (const result of results)
    if (result.status === 'rejected') world.log.info({ error: result.reason }, 'a host’s data was not measured');
}
