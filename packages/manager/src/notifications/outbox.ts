// The outbox: a durable row for every message and channel before anything is sent, taken out one at a time a channel.
// What was never tried and waits with others goes together; what was tried keeps its id, by which it can be told apart.

import type { ChannelId, DeliveryId } from '@mainstay/core/id';
import { goesTogether, mostInMessage, type Notice } from '@mainstay/core/notice';
import { isGivenUp, triedForMs, waitAfter } from '@mainstay/core/retry';
import type { Attempt } from '@mainstay/wire/notifications';
import { newId } from '../random.ts';
import type { ChannelRow, DeliveryRow } from '../sql/schema.ts';
import type { Writer } from '../sql/store.ts';
import type { World } from '../world.ts';
import { counted } from './alarm-rows.ts';
import type { Outcome } from './outcome.ts';

/** Longer than any attempt may take: a message that is being sent for longer was lost with its manager. */
const leaseMs = 90_000;
/** As many wait together at most; the rest goes with the next. */
const batch = 500;
/** The log is kept this long, and no longer than this. */
const keptMs = 30 * 24 * 60 * 60_000;
const keptMost = 5_000;

export interface Queued {
  readonly notice: Notice;
  readonly channelId: ChannelId;
  /** When it may be sent. */
  readonly dueAt: number;
  /** Whether quiet hours hold it back until then. */
  readonly held: boolean;
}

/** Puts a message into the queue. @returns its row */
export async function enqueue(writer: Writer, at: number, { notice, channelId, dueAt, held }: Queued): Promise<DeliveryRow> {
  return writer
    .insertInto('deliveries')
    .values({
      id: newId<DeliveryId>(),
      channel_id: channelId,
      state: 'queued',
      notices_json: JSON.stringify([notice]),
      omitted: 0,
      held: held ? 1 : 0,
      tries: 0,
      created_at: at,
      queued_at: dueAt,
      due_at: dueAt,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The channels for which something may be sent now. */
export async function dueChannels(world: World): Promise<ChannelId[]> {
  const now = world.clock.now();
  const rows = await world.store.db
    .selectFrom('deliveries')
    .innerJoin('channels', 'channels.id', 'deliveries.channel_id')
    .select('channels.id')
    .distinct()
    .where('deliveries.due_at', '<=', now)
    .where((where) => where.or([where('channels.paused_until', 'is', null), where('channels.paused_until', '<=', now)]))
    .execute();
  return rows.map(({ id }) => id);
}

export interface Taken {
  readonly channel: ChannelRow;
  readonly delivery: DeliveryRow;
}

/** Takes the next message of a channel out to be sent; null: there is none, or one is on its way. */
export async function takeNext(world: World, channelId: ChannelId): Promise<Taken | null> {
  return world.store.transact(async (writer) => {
    const now = world.clock.now();
    const channel = await writer.selectFrom('channels').selectAll().where('id', '=', channelId).executeTakeFirst();
    if (!channel || (channel.paused_until ?? 0) > now) return null;
    const unended = writer.selectFrom('deliveries').selectAll().where('channel_id', '=', channelId).where('due_at', 'is not', null);
    const onItsWay = await unended.where('state', '=', 'sending').where('due_at', '>', now).executeTakeFirst();
    if (onItsWay) return null;
    const due = await unended.where('due_at', '<=', now).orderBy('sequence').limit(batch).execute();
    const stale = due.filter((row) => now - row.queued_at >= triedForMs);
    for (const row of stale) await giveUp(writer, row, row.error ?? 'The channel failed for a day before its turn came.');
    const [first, ...rest] = due.filter((row) => !stale.includes(row));
    if (!first) return null;
    const sending = { state: 'sending', tries: first.tries + 1, tried_at: now, due_at: now + leaseMs } as const;
    const delivery = await writer
      .updateTable('deliveries')
      .set({ ...sending, ...(first.state === 'queued' ? await filled(writer, first, rest) : {}) })
      .where('id', '=', first.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    return { channel, delivery };
  });
}

/** What a message holds that is sent for the first time: as of now, and with those that wait with it, which go as rows. */
async function filled(writer: Writer, first: DeliveryRow, rest: readonly DeliveryRow[]) {
  const waiting = [first, ...rest.filter((row) => row.state === 'queued')];
  const sent = goesTogether(waiting.map((row) => ({ held: row.held === 1 }))) ? waiting : [first];
  const others = sent.slice(1).map((row) => row.sequence);
  if (others.length > 0) await writer.deleteFrom('deliveries').where('sequence', 'in', others).execute();
  const notices = sent.flatMap((row) => JSON.parse(row.notices_json) as Notice[]);
  const kept = notices.slice(-mostInMessage);
  return {
    notices_json: JSON.stringify(await counted(writer, kept)),
    omitted: sent.reduce((sum, row) => sum + row.omitted, notices.length - kept.length),
  };
}

/** Writes what came of an attempt, unless somebody else has taken the message meanwhile. */
export async function record(world: World, { channel, delivery }: Taken, outcome: Outcome): Promise<void> {
  await world.store.transact(async (writer) => {
    const now = world.clock.now();
    const next = nextOf(delivery, outcome, now);
    const { numUpdatedRows } = await writer
      .updateTable('deliveries')
      .set({ ...next, response_code: outcome.responseCode, error: outcome.kind === 'delivered' ? null : outcome.detail })
      .where('id', '=', delivery.id)
      .where('state', '=', 'sending')
      .where('tries', '=', delivery.tries)
      .executeTakeFirst();
    if (Number(numUpdatedRows) === 0) return;
    const last: Attempt = {
      at: now,
      delivered: outcome.kind === 'delivered',
      detail: outcome.detail,
      responseCode: outcome.responseCode,
    };
    await writer
      .updateTable('channels')
      .set({ last_json: JSON.stringify(last), paused_until: outcome.down ? next.due_at : null })
      .where('id', '=', channel.id)
      .execute();
  });
}

function nextOf({ tries, queued_at }: DeliveryRow, { kind, retryAfterMs }: Outcome, now: number) {
  if (kind === 'delivered') return { state: 'delivered', due_at: null } as const;
  if (kind === 'never' || isGivenUp({ tries, queuedAt: queued_at, now })) return { state: 'dead', due_at: null } as const;
  return { state: 'retrying', due_at: now + waitAfter(tries, Math.random(), retryAfterMs) } as const;
}

async function giveUp(writer: Writer, row: DeliveryRow, error: string): Promise<void> {
  await writer.updateTable('deliveries').set({ state: 'dead', due_at: null, error }).where('id', '=', row.id).execute();
}

/** Alone on this store: what is being sent was sent by a manager that is dead; whether it arrived nobody knows. */
export async function takeBack(world: World): Promise<void> {
  if (!world.store.exclusive) return;
  const lost = world.store.db.updateTable('deliveries').where('state', '=', 'sending');
  await lost.set({ due_at: world.clock.now() }).where('due_at', 'is not', null).execute();
  // A test: whoever waited for it has gone.
  await lost.set({ state: 'dead', error: 'The manager stopped meanwhile.' }).where('due_at', 'is', null).execute();
}

/** Keeps the log bounded. What has not ended stays whatever its age. */
export async function dropOldDeliveries(world: World): Promise<void> {
  const { db } = world.store;
  const beyond = await db
    .selectFrom('deliveries')
    .select('sequence')
    .where('due_at', 'is', null)
    .orderBy('sequence', 'desc')
    .offset(keptMost)
    .limit(1)
    .executeTakeFirst();
  await db
    .deleteFrom('deliveries')
    .where('due_at', 'is', null)
    .where((where) =>
      where.or([where('created_at', '<', world.clock.now() - keptMs), ...(beyond ? [where('sequence', '<=', beyond.sequence)] : [])]),
    )
    .execute();
}
