// The driver: sees to it that every open operation has somebody who carries it out. Woken when there may be something
// to do, and once a second whatever happened; it takes no input and looks at all open operations each time.

import type { OperationId } from '@mainstay/core/id';
import { drive } from '../operations/runner.ts';
import type { World } from '../world.ts';

/** A manager that dies is missed after this. Not shorter: a busy moment must not look like death. Not longer: people wait. */
const leaseMs = 15_000;
const everyMs = 1_000;

interface Driven {
  done: Promise<void>;
  /** Aborted, and replaced, when the operation is to read its row again. */
  look: AbortController;
  cancelSeen: boolean;
  leasedUntil: number;
}

/** Starts the driver. @returns how to stop it: every operation is left where it stands, its lease given back */
export async function startDriver(world: World): Promise<{ stop(): Promise<void> }> {
  const { store, clock, log } = world;
  const stopping = new AbortController();
  const driven = new Map<OperationId, Driven>();

  // Alone on this store: whatever is leased was leased by a manager that is dead.
  if (store.exclusive)
    await store.db.updateTable('operations').set({ lease_owner: null, lease_until: null }).where('ended_at', 'is', null).execute();

  const poke = (one: Driven) => {
    const { look } = one;
    one.look = new AbortController();
    look.abort();
  };

  const round = async () => {
    const now = clock.now();
    const open = await store.db
      .selectFrom('operations')
      .select(['id', 'lease_owner', 'lease_until', 'cancel_requested'])
      .where('ended_at', 'is', null)
      .orderBy('created_at')
      .execute();
    const openIds = new Set(open.map((row) => row.id));
    for (const [id, one] of driven) if (!openIds.has(id)) poke(one);
    for (const row of open) {
      const known = driven.get(row.id);
      if (known) {
        if (row.cancel_requested === 1 && !known.cancelSeen) {
          known.cancelSeen = true;
          poke(known);
        }
        continue;
      }
      const free = row.lease_owner === null || row.lease_owner === world.instanceId || (row.lease_until ?? 0) < now;
      if (free && (await claim(row.id, now))) begin(row.id, row.cancel_requested === 1, now);
    }
    await renew(now);
  };

  const claim = async (id: OperationId, now: number) => {
    const result = await store.db
      .updateTable('operations')
      .set({ lease_owner: world.instanceId, lease_until: now + leaseMs })
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .where((where) =>
        where.or([where('lease_owner', 'is', null), where('lease_owner', '=', world.instanceId), where('lease_until', '<', now)]),
      )
      .executeTakeFirst();
    return Number(result.numUpdatedRows) === 1;
  };

  const begin = (id: OperationId, cancelSeen: boolean, now: number) => {
    const one: Driven = { done: Promise.resolve(), look: new AbortController(), cancelSeen, leasedUntil: now + leaseMs };
    driven.set(id, one);
    one.done = drive(world, id, { stopping: stopping.signal, look: () => one.look.signal })
      .catch((error: unknown) => log.error({ error, operation: id }, 'an operation’s driving broke; it is taken up again'))
      .finally(() => driven.delete(id));
  };

  const renew = async (now: number) => {
    const due = [...driven].filter(([, one]) => one.leasedUntil - now < (leaseMs * 2) / 3).map(([id]) => id);
    if (due.length === 0) return;
    await store.db
      .updateTable('operations')
      .set({ lease_until: now + leaseMs })
      .where('id', 'in', due)
      .where('lease_owner', '=', world.instanceId)
      .where('ended_at', 'is', null)
      .execute();
    for (const id of due) {
      const one = driven.get(id);
      if (one) one.leasedUntil = now + leaseMs;
    }
  };

  let wake = new AbortController();
  const stopListening = world.bus.subscribe('operations', () => wake.abort());
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const woken = wake.signal;
      await round().catch((error: unknown) => log.error({ error }, 'a round of the driver broke'));
      await clock.pause(everyMs, AbortSignal.any([woken, stopping.signal]));
      if (woken.aborted) wake = new AbortController();
    }
  })();

  return {
    stop: async () => {
      stopping.abort();
      stopListening();
      await running;
      await Promise.all([...driven.values()].map((one) => one.done));
      await store.db
        .updateTable('operations')
        .set({ lease_owner: null, lease_until: null })
        .where('lease_owner', '=', world.instanceId)
        .execute();
    },
  };
}
