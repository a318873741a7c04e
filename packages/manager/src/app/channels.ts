// Channels: where messages go. Recorded with their secrets sealed, shown without them, and tested on request.

import type { Access } from '@mainstay/core/access';
import { Fault } from '@mainstay/core/fault';
import type { ChannelId } from '@mainstay/core/id';
import {
  type Attempt,
  type Channel,
  type ConfigureChannel,
  type CreateChannel,
  channel as channelShape,
  createChannel as createChannelShape,
  secretFields,
} from '@mainstay/wire/notifications';
import { invalid } from '@mainstay/wire/problem';
import { channelColumns, plainSettings, secretSettings } from '../notifications/channels.ts';
import { enqueue, record } from '../notifications/outbox.ts';
import { attempt } from '../notifications/send-due.ts';
import { addressesWithin } from '../outgoing/guard.ts';
import { newId } from '../random.ts';
import type { ChannelRow } from '../sql/schema.ts';
import type { Reader } from '../sql/store.ts';
import type { World } from '../world.ts';
import { refuseUnless } from './access.ts';
import { fieldFault, refuseTaken } from './field-faults.ts';

/** All channels by name, or the one with this id. */
export async function showChannels(world: World, id?: ChannelId): Promise<Channel[]> {
  const { db } = world.store;
  const rows = await db
    .selectFrom('channels')
    .selectAll()
    .$if(id !== undefined, (query) => query.where('id', '=', id as ChannelId))
    .orderBy('name')
    .execute();
  const counts = await db
    .selectFrom('deliveries')
    .select(['channel_id', 'state', (e) => e.fn.countAll<number>().as('count')])
    .where('state', '!=', 'delivered')
    .groupBy(['channel_id', 'state'])
    .execute();
  return rows.map((row) => {
    const own = counts.filter((count) => count.channel_id === row.id);
    const sum = (isDead: boolean) =>
      own.filter(({ state }) => (state === 'dead') === isDead).reduce((total, { count }) => total + Number(count), 0);
    return showChannel(world, row, sum(false), sum(true));
  });
}

/** @throws Fault `not-found` */
export async function getChannel(world: World, id: ChannelId): Promise<Channel> {
  const [shown] = await showChannels(world, id);
  if (!shown) throw unknownChannel();
  return shown;
}

export async function createChannel(world: World, access: Access, wanted: CreateChannel): Promise<Channel> {
  refuseInwards(access, wanted);
  await refuseForbidden(wanted);
  const id = newId<ChannelId>();
  await world.store.transact(async (writer) => {
    await refuseTaken(writer, 'channels', wanted.name, null);
    const at = world.clock.now();
    await writer
      .insertInto('channels')
      .values({ id, ...channelColumns(world.vault, id, wanted), created_at: at, updated_at: at })
      .execute();
  });
  return getChannel(world, id);
}

/** Changes what is given; what waits is tried at once, for what it waited for may be mended. */
export async function configureChannel(world: World, access: Access, id: ChannelId, change: ConfigureChannel): Promise<Channel> {
  // Looked up before the transaction, which waits for nobody's name server.
  const looked = changed(world, await rowOf(world.store.db, id), change);
  refuseInwards(access, looked);
  await refuseForbidden(looked);
  await world.store.transact(async (writer) => {
    const wanted = changed(world, await rowOf(writer, id), change);
    refuseInwards(access, wanted);
    await refuseTaken(writer, 'channels', wanted.name, id);
    await writer
      .updateTable('channels')
      .set({ ...channelColumns(world.vault, id, wanted), paused_until: null, updated_at: world.clock.now() })
      .where('id', '=', id)
      .execute();
  });
  world.bus.publish({ topic: 'deliveries' });
  return getChannel(world, id);
}

/** The channel as it will be, by the very schema that a new one has. @throws Fault `invalid-request`, pointing at fields */
function changed(world: World, row: ChannelRow, change: ConfigureChannel): CreateChannel {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const names: readonly string[] = secretFields[row.kind];
  // Secrets that cannot be opened any more are no reason not to take new ones.
  const secrets = names.every((name) => name in given) ? {} : secretSettings(world.vault, row);
  const parsed = createChannelShape.safeParse({ ...plainSettings(row), ...secrets, ...given });
  if (!parsed.success) throw invalid(parsed.error, 'body');
  return parsed.data;
}

/** Removes a channel that no rule uses, and the record of what went there. */
export async function deleteChannel(world: World, id: ChannelId): Promise<void> {
  await world.store.transact(async (writer) => {
    await rowOf(writer, id);
    const users = await writer
      .selectFrom('rule_channels')
      .innerJoin('rules', 'rules.id', 'rule_channels.rule_id')
      .select('rules.name')
      .where('channel_id', '=', id)
      .orderBy('rules.name')
      .execute();
    if (users.length > 0) {
      const names = users.map(({ name }) => `“${name}”`).join(', ');
      throw new Fault('channel-in-use', `It is used by ${names}. Take it out there first, or remove the rule.`);
    }
    await writer.deleteFrom('channels').where('id', '=', id).execute();
  });
}

/** Sends a test message now, whatever waits, and says what came of it. A test that fails is not tried again by itself. */
export async function testChannel(world: World, who: string, id: ChannelId, stopping: AbortSignal): Promise<Attempt> {
  const taken = await world.store.transact(async (writer) => {
    const channel = await rowOf(writer, id);
    const at = world.clock.now();
    const notice = { telling: 'test', at, who } as const;
    const row = await enqueue(writer, at, { notice, channelId: id, dueAt: at, held: false });
    const delivery = await writer
      .updateTable('deliveries')
      .set({ state: 'sending', tries: 1, tried_at: at, due_at: null })
      .where('id', '=', row.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    return { channel, delivery };
  });
  const outcome = await attempt(world, taken, stopping);
  await record(world, taken, outcome.kind === 'delivered' ? outcome : { ...outcome, kind: 'never', down: false });
  world.bus.publish({ topic: 'deliveries' });
  return { at: world.clock.now(), delivered: outcome.kind === 'delivered', detail: outcome.detail, responseCode: outcome.responseCode };
}

async function rowOf(reader: Reader, id: ChannelId): Promise<ChannelRow> {
  const row = await reader.selectFrom('channels').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw unknownChannel();
  return row;
}

const unknownChannel = () => new Fault('not-found', 'There is no channel with this id.');

/**
 * Whoever chooses where a message goes inside a private network, and reads what was answered, can look around in there.
 * @throws Fault `forbidden`
 */
function refuseInwards(access: Access, { allowPrivate }: CreateChannel): void {
  if (allowPrivate) refuseUnless(access, 'inwards', { kind: 'installation' });
}

/** A name that cannot be looked up now may be one tomorrow: only what is known to be forbidden is refused. */
const lookedUpWithinMs = 3_000;

/** Says at once, beside the field, what would be refused at every message. */
async function refuseForbidden(channel: CreateChannel): Promise<void> {
  const [field, host] =
    channel.kind === 'email'
      ? ['host', channel.host]
      : channel.kind === 'telegram'
        ? ['apiUrl', new URL(channel.apiUrl).hostname]
        : ['url', new URL(channel.url).hostname];
  try {
    await addressesWithin(AbortSignal.timeout(lookedUpWithinMs), host.replace(/^\[|\]$/g, ''), channel.allowPrivate);
  } catch (error) {
    if (error instanceof Fault) throw fieldFault('invalid-request', [field], error.detail);
  }
}

function showChannel(world: World, row: ChannelRow, waiting: number, dead: number): Channel {
  const secrets = openedSecrets(world, row);
  const masked = secretFields[row.kind].map((name) => [name, secrets !== null && secrets[name] === null ? null : 'set']);
  return channelShape.parse({
    ...plainSettings(row),
    ...Object.fromEntries(masked),
    id: row.id,
    target: targetOf({ ...plainSettings(row), ...secrets }),
    last: row.last_json === null ? null : JSON.parse(row.last_json),
    pausedUntil: row.paused_until !== null && row.paused_until > world.clock.now() ? row.paused_until : null,
    waiting,
    dead,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  });
}

/** null: they were sealed with another key. Shown all the same, so that they can be given anew. */
function openedSecrets(world: World, row: ChannelRow): Readonly<Record<string, unknown>> | null {
  try {
    return secretSettings(world.vault, row);
  } catch {
    return null;
  }
}

/** Where a channel leads, without what is secret about that: of an address only the host. */
function targetOf(settings: Readonly<Record<string, unknown>>): string {
  const { url, chatId, to, host } = settings;
  if (typeof url === 'string') return new URL(url).host;
  if (typeof chatId === 'string') return `chat ${chatId}`;
  if (Array.isArray(to)) return `${to.join(', ')} by ${host}`;
  return 'not known: its settings were sealed with another key';
}
