// Keeps in the store when each connected host was last heard, so that a manager that starts again can say since when
// it knows nothing. Rarely, and all in one transaction: it is a page's small print, not a heartbeat.

import type { World } from '../world.ts';
import { every } from './every.ts';

const everyMs = 10_000;

/** @returns how to stop */
export function startLiveness(world: World): { stop(): Promise<void> } {
  return every(world, everyMs, 'when hosts were heard could not be noted', () =>
    world.store.transact(async (writer) => {
      for (const member of world.fleet.members()) {
        await writer.updateTable('agents').set({ last_heard_at: member.lastHeardAt }).where('id', '=', member.agentId).execute();
      }
    }),
  );
}

/** At start nobody is connected: a host that was online counts as not heard since it was last heard. */
export async function noteAllAway(world: World): Promise<void> {
  await world.store.db
    .updateTable('agents')
    .set((column) => ({ online_changed_at: column.fn.coalesce('last_heard_at', 'created_at') }))
    .execute();
}
