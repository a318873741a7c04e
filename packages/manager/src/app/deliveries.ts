// The delivery log, as people read it, and trying again what was given up.

import { Fault } from '@mainstay/core/fault';
import type { ChannelId, DeliveryId } from '@mainstay/core/id';
import { gravityOf, type Notice } from '@mainstay/core/notice';
import { messageWords } from '@mainstay/core/notice-words';
import type { Delivery, DeliveryQuery, DeliveryState } from '@mainstay/wire/notifications';
import type { World } from '../world.ts';

/** A page of messages, newest first. @throws Fault `invalid-request` */
export async function listDeliveries(world: World, query: DeliveryQuery): Promise<{ items: Delivery[]; nextCursor: string | null }> {
  const { state, channelId, cursor, limit } = query;
  const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number.parseInt(cursor, 10);
  if (!(before >= 0)) throw new Fault('invalid-request', 'query/cursor: not the cursor of a page before.');
  const rows = await joined(world)
    .where('sequence', '<', before)
    .$if(state !== undefined, (find) => find.where('deliveries.state', '=', state as DeliveryState))
    .$if(channelId !== undefined, (find) => find.where('channel_id', '=', channelId as ChannelId))
    .orderBy('sequence', 'desc')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  return {
    items: page.map((row) => showDelivery(row, world.clock.now())),
    nextCursor: rows.length > limit ? String(page.at(-1)?.sequence) : null,
  };
}

/** Puts a message that was given up into the queue again, and has its channel tried at once. One that is there already stays as it is. */
export async function retryDelivery(world: World, id: DeliveryId): Promise<Delivery> {
  const now = world.clock.now();
  await world.store.transact(async (writer) => {
    const dead = await writer
      .updateTable('deliveries')
      .set({ state: 'retrying', tries: 0, queued_at: now, due_at: now })
      .where('id', '=', id)
      .where('state', '=', 'dead')
      .returning('channel_id')
      .executeTakeFirst();
    if (dead) await writer.updateTable('channels').set({ paused_until: null }).where('id', '=', dead.channel_id).execute();
  });
  const row = await joined(world).where('deliveries.id', '=', id).executeTakeFirst();
  if (!row) throw new Fault('not-found', 'There is no delivery with this id.');
  if (row.state === 'delivered') throw new Fault('not-allowed-in-state', 'It was delivered; there is nothing to try again.');
  world.bus.publish({ topic: 'deliveries' });
  return showDelivery(row, now);
}

function joined({ store }: World) {
  return store.db
    .selectFrom('deliveries')
    .innerJoin('channels', 'channels.id', 'deliveries.channel_id')
    .selectAll('deliveries')
    .select(['channels.name', 'channels.kind', 'channels.paused_until']);
}

type Row = Awaited<ReturnType<ReturnType<typeof joined>['executeTakeFirstOrThrow']>>;

/** In the words that it was sent in, as far as it was; else in those that it would be sent in now. */
function showDelivery(row: Row, now: number): Delivery {
  const notices: Notice[] = JSON.parse(row.notices_json);
  const waits = row.state === 'queued' || row.state === 'retrying';
  return {
    id: row.id,
    channelId: row.channel_id,
    channelName: row.name,
    channelKind: row.kind,
    state: row.state,
    gravity: gravityOf(notices),
    ...messageWords(notices, row.omitted, row.tried_at ?? now),
    notices: notices.length + row.omitted,
    tries: row.tries,
    createdAt: row.created_at,
    nextTryAt: waits && row.due_at !== null ? Math.max(row.due_at, row.paused_until ?? 0) : null,
    triedAt: row.tried_at,
    responseCode: row.response_code,
    error: row.error,
  };
}
