// Keeps in the store when each connected host was last heard, so that a manager that starts again can say since when
// it knows nothing, and misses those that do not come back to it. Rarely, and all in one transaction: it is a page's
// small print, not a heartbeat.

import { agentLeft } from '../app/agents.ts';
import type { World } from '../world.ts';
import { every } from './every.ts';

const everyMs = 10_000;
/** Agents are back within 10 s; a manager that has been there for a minute would have them. */
const backWithinMs = 60_000;

/** @returns how to stop */
export function startLiveness(world: World): { stop(): Promise<void> } {
  const startedAt = world.clock.running();
  return every(world, everyMs, 'when hosts were heard could not be noted', async () => {
    await world.store.transact(async (writer) => {
      for (const member of world.fleet.members()) {
        await writer.updateTable('agents').set({ last_heard_at: member.lastHeardAt }).where('id', '=', member.agentId).execute();
      }
    });
    if (world.clock.running() - startedAt >= backWithinMs) await noteLost(world);
  });
}

/** Tells of hosts that went while nobody could see it: connected by the record, and not heard of for long enough to be so. */
async function noteLost(world: World): Promise<void> {
  const connected = await world.store.db
    .selectFrom('agents')
    .select(['id', 'last_heard_at', 'created_at'])
    .where('connected', '=', 1)
    .execute();
  for (const { id, last_heard_at, created_at } of connected) {
    const heardAt = last_heard_at ?? created_at;
    // A clock that was set back makes what was heard lie ahead; that is no sign of life.
    if (!world.fleet.online(id) && Math.abs(world.clock.now() - heardAt) >= backWithinMs) await agentLeft(world, id, heardAt);
  }
}

/** At start nobody is connected: a host that was online counts as not heard since it was last heard. */
export async function noteAllAway(world: World): Promise<void> {
  await world.store.db
    .updateTable('agents')
    .set((column) => ({ online_changed_at: column.fn.coalesce('last_heard_at', 'created_at') }))
    .execute();
}
