// Carries bulks on: asks for what is next on each host, as many at a time as the bulk says. Takes no input: looks at all that are
// not done, when something ended and once a second whatever happened, so that a manager that was started again goes on.

import { actionRights, may, ownerOfAll } from '@mainstay/core/access';
import { Fault } from '@mainstay/core/fault';
import type { AgentId, OperationId, ServerId } from '@mainstay/core/id';
import type { ExpressionBuilder } from 'kysely';
import { act } from '../app/act.ts';
import { type BulkWish, endWhenDone } from '../app/bulk.ts';
import { accessNow } from '../app/credentials.ts';
import { hashOf } from '../random.ts';
import type { BulkItemRow, BulkRow, Tables } from '../sql/schema.ts';
import type { World } from '../world.ts';

const everyMs = 1_000;

/** @returns how to stop */
export function startBulks(world: World): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let wake = new AbortController();
  const rouse = () => wake.abort();
  const stopListening = [world.bus.subscribe('bulks', rouse), world.bus.subscribe('ended', rouse)];
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const woken = wake.signal;
      await round(world, stopping.signal).catch((error: unknown) => world.log.error({ error }, 'bulks could not be carried on'));
      await world.clock.pause(everyMs, AbortSignal.any([woken, stopping.signal]));
      if (woken.aborted) wake = new AbortController();
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      for (const stop of stopListening) stop();
      await running;
    },
  };
}

async function round(world: World, stopping: AbortSignal): Promise<void> {
  const { db } = world.store;
  const bulks = await db.selectFrom('bulks').selectAll().where('ended_at', 'is', null).orderBy('created_at').execute();
  for (const bulk of bulks) {
    const waiting = await db
      .selectFrom('bulk_items')
      .selectAll()
      .where('bulk_id', '=', bulk.id)
      .where(unasked)
      .orderBy('position')
      .execute();
    const busy = await underWay(world, bulk);
    // A host that is slow to answer holds up its own servers only.
    const byHost = [...Map.groupBy(waiting, (item) => item.agent_id)];
    const changed = await Promise.all(
      byHost.map(([agentId, items]) => askOnHost(world, bulk, items, bulk.at_once - (busy.get(agentId) ?? 0), stopping)),
    );
    await endWhenDone(db, bulk.id, world.clock.now());
    const serverIds = changed.flat();
    if (serverIds.length > 0) world.bus.publish({ topic: 'bulk-items', bulkId: bulk.id, serverIds });
  }
}

/**
 * Asks for a host's items until so many were taken.
 * @returns the servers that were asked for
 */
async function askOnHost(
  world: World,
  bulk: BulkRow,
  items: readonly BulkItemRow[],
  most: number,
  stopping: AbortSignal,
): Promise<ServerId[]> {
  const asked: ServerId[] = [];
  let taken = 0;
  for (const item of items) {
    if (stopping.aborted || taken >= most) break;
    if (!(await claim(world, item))) continue;
    asked.push(item.server_id);
    if (await ask(world, bulk, item)) taken += 1;
  }
  return asked;
}

/** How many operations of the bulk are open on each host. */
async function underWay(world: World, bulk: BulkRow): Promise<Map<AgentId, number>> {
  const rows = await world.store.db
    .selectFrom('bulk_items')
    .innerJoin('operations', 'operations.id', 'bulk_items.operation_id')
    .select(['bulk_items.agent_id', (e) => e.fn.countAll<number>().as('count')])
    .where('bulk_items.bulk_id', '=', bulk.id)
    .where('operations.ended_at', 'is', null)
    .groupBy('bulk_items.agent_id')
    .execute();
  return new Map(rows.map((row) => [row.agent_id, Number(row.count)]));
}

/** Not asked for yet, or so that it is not known whether it was: the manager ended in between. */
const unasked = (e: ExpressionBuilder<Tables, 'bulk_items'>) =>
  e.or([e('state', '=', 'waiting'), e.and([e('state', '=', 'asked'), e('operation_id', 'is', null)])]);

/** From here on it is asked for, whoever cancels. @returns whether nobody did before */
async function claim(world: World, item: BulkItemRow): Promise<boolean> {
  const { numUpdatedRows } = await world.store.db
    .updateTable('bulk_items')
    .set({ state: 'asked' })
    .where('bulk_id', '=', item.bulk_id)
    .where('server_id', '=', item.server_id)
    .where(unasked)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Asks for one; asked twice, as after a crash in between, it is done once. @returns whether it was taken */
async function ask(world: World, bulk: BulkRow, item: BulkItemRow): Promise<boolean> {
  const wish: BulkWish = JSON.parse(bulk.wish_json);
  const key = `bulk:${bulk.id}:${item.server_id}`;
  const who = { accountId: bulk.account_id, tokenId: bulk.token_id };
  try {
    // Whoever asked may have lost the right meanwhile.
    const access = await accessNow(world.store.db, who, { grants: ownerOfAll, within: null });
    const target = { kind: 'server', serverId: item.server_id, agentId: item.agent_id } as const;
    if (!may(access, actionRights[bulk.action], target)) throw new Fault('forbidden', 'Whoever asked for this may not do it here.');
    const asker = { name: bulk.requested_by, access, who, idempotency: { key, hash: hashOf(key) } };
    const operation = await act(world, asker, item.server_id, bulk.action, { ...wish, confirmName: item.server_name });
    await note(world, item, { state: 'asked', operation_id: operation.id, detail: null });
    return true;
  } catch (error) {
    if (!(error instanceof Fault)) world.log.error({ error, server: item.server_id }, 'one of a bulk could not be asked for');
    const detail = error instanceof Fault ? error.detail : 'It broke on our side; the manager’s log says how.';
    await note(world, item, { state: 'refused', operation_id: null, detail });
    return false;
  }
}

async function note(
  world: World,
  item: BulkItemRow,
  outcome: { state: 'asked' | 'refused'; operation_id: OperationId | null; detail: string | null },
): Promise<void> {
  await world.store.db
    .updateTable('bulk_items')
    .set(outcome)
    .where('bulk_id', '=', item.bulk_id)
    .where('server_id', '=', item.server_id)
    .execute();
}
