// Bulks: one thing asked of many servers. Which servers it is about is settled when it is made; each is then asked for like any
// other, at most so many of a host at a time, by `loops/bulk.ts`.

import { type Access, actionRights, may, reaches } from '@mainstay/core/access';
import { Fault } from '@mainstay/core/fault';
import type { BulkId, ServerId } from '@mainstay/core/id';
import { type Bulk, type BulkChange, type BulkItem, type CreateBulk, mostServers } from '@mainstay/wire/bulk';
import { newId } from '../random.ts';
import type { BulkItemRow, BulkRow } from '../sql/schema.ts';
import type { Reader } from '../sql/store.ts';
import type { World } from '../world.ts';
import { refuseUnless, refuseUnlessSomewhere, withinReach } from './access.ts';
import { matchingServers } from './list-servers.ts';
import { type Asker, askedBy, assertSameRequest } from './operations.ts';

/** How long what came of a bulk can be looked up. */
const keptMs = 7 * 24 * 60 * 60 * 1000;

/** What each of the servers is asked with. */
export interface BulkWish {
  readonly removeData: boolean;
  readonly archive: boolean;
}

/**
 * Records a bulk; asked for again with its key, it is the one that there is.
 * @throws Fault when it is about none, too many, or another number than was typed; `idempotency-key-reused`
 */
export async function createBulk(world: World, asker: Asker, wanted: CreateBulk): Promise<Bulk> {
  refuseUnlessSomewhere(asker.access, actionRights[wanted.action]);
  const id = await world.store.transact(async (writer) => {
    const earlier = await repeated(writer, asker);
    if (earlier) return earlier;
    const made = newId<BulkId>();
    await writer
      .deleteFrom('bulks')
      .where('ended_at', '<', world.clock.now() - keptMs)
      .execute();
    const servers = await chosenServers(writer, asker.access, wanted);
    if (wanted.purge && wanted.purge.confirmCount !== servers.length) {
      const message = `That is ${servers.length} servers: type that number.`;
      throw new Fault('invalid-request', message, { extra: { errors: [{ path: '/purge/confirmCount', message }] } });
    }
    const wish: BulkWish = { removeData: wanted.purge?.removeData ?? false, archive: wanted.purge?.archive ?? false };
    await writer
      .insertInto('bulks')
      .values({
        id: made,
        action: wanted.action,
        wish_json: JSON.stringify(wish),
        at_once: wanted.atOncePerHost,
        requested_by: asker.name,
        asked_by: askedBy(asker),
        account_id: asker.who.accountId,
        token_id: asker.who.tokenId,
        idempotency_key: asker.idempotency?.key ?? null,
        idempotency_hash: asker.idempotency?.hash ?? null,
        created_at: world.clock.now(),
        cancelled: 0,
      })
      .execute();
    await writer
      .insertInto('bulk_items')
      .values(
        servers.map((server, position) => ({
          bulk_id: made,
          position,
          server_id: server.id,
          server_name: server.name,
          agent_id: server.agent_id,
          state: 'waiting' as const,
        })),
      )
      .execute();
    return made;
  });
  world.bus.publish({ topic: 'bulks' });
  return getBulk(world.store.db, asker.access, id);
}

/** The bulk that this very request made before, if it did. */
async function repeated(reader: Reader, asker: Asker): Promise<BulkId | null> {
  const { idempotency } = asker;
  if (idempotency === null) return null;
  const row = await reader
    .selectFrom('bulks')
    .select(['id', 'idempotency_hash'])
    .where('asked_by', '=', askedBy(asker))
    .where('idempotency_key', '=', idempotency.key)
    .executeTakeFirst();
  if (!row) return null;
  assertSameRequest(row, idempotency);
  return row.id;
}

/** Those that may be seen; whether what is asked for may be done is asked as each one's turn comes. */
async function chosenServers(reader: Reader, access: Access, { serverIds, filter }: CreateBulk) {
  const columns = ['id', 'name', 'agent_id'] as const;
  const servers = serverIds
    ? await reader
        .selectFrom('servers')
        .select(columns)
        .where('id', 'in', serverIds)
        .where(withinReach(reaches(access, 'see')))
        .execute()
    : await matchingServers(reader, access, filter ?? {})
        .select(columns)
        .$if(filter?.state !== 'deleted', (find) => find.where('state', '!=', 'deleted'))
        .$if(filter?.state !== undefined, (find) => find.where('state', '=', filter?.state ?? 'deleted'))
        .orderBy('name')
        .limit(mostServers + 1)
        .execute();
  const known = new Set<ServerId>(servers.map((server) => server.id));
  const unknown = serverIds?.findIndex((each) => !known.has(each)) ?? -1;
  if (unknown >= 0) throw refusal(`/serverIds/${unknown}`, 'There is no server with this id.');
  if (servers.length === 0) throw refusal('/filter', 'No server matches.');
  if (servers.length > mostServers) throw refusal('/filter', `More than ${mostServers} servers match. Narrow it down.`);
  // In the order in which they were named.
  const place = new Map(serverIds?.map((each, at) => [each, at]));
  return serverIds ? servers.sort((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0)) : servers;
}

function refusal(path: string, message: string): Fault {
  return new Fault('invalid-request', message, { extra: { errors: [{ path, message }] } });
}

/** A bulk with those of its servers that may be seen. @throws Fault `not-found` when that is none */
export async function getBulk(reader: Reader, access: Access, id: string): Promise<Bulk> {
  const row = await reader
    .selectFrom('bulks')
    .selectAll()
    .where('id', '=', id as BulkId)
    .executeTakeFirst();
  const all = row ? await reader.selectFrom('bulk_items').selectAll().where('bulk_id', '=', row.id).orderBy('position').execute() : [];
  const items = all.filter((item) => may(access, 'see', targetOf(item)));
  if (!row || items.length === 0) throw new Fault('not-found', 'There is no bulk with this id.');
  return showBulk(row, items);
}

/** Leaves alone what was not asked for yet; what was goes on. Nothing to do when none is left. */
export async function cancelBulk(world: World, access: Access, id: string): Promise<Bulk> {
  const left = await world.store.transact(async (writer) => {
    const { action } = await getBulk(writer, access, id);
    const all = await writer
      .selectFrom('bulk_items')
      .selectAll()
      .where('bulk_id', '=', id as BulkId)
      .execute();
    for (const item of all) refuseUnless(access, actionRights[action], targetOf(item), 'bulk');
    await writer
      .updateTable('bulks')
      .set({ cancelled: 1 })
      .where('id', '=', id as BulkId)
      .where('ended_at', 'is', null)
      .execute();
    const items = await writer
      .updateTable('bulk_items')
      .set({ state: 'left' })
      .where('bulk_id', '=', id as BulkId)
      .where('state', '=', 'waiting')
      .returningAll()
      .execute();
    await endWhenDone(writer, id as BulkId, world.clock.now());
    return items;
  });
  world.bus.publish({ topic: 'bulk-items', bulkId: id as BulkId, serverIds: left.map((item) => item.server_id) });
  return getBulk(world.store.db, access, id);
}

const targetOf = ({ server_id, agent_id }: BulkItemRow) => ({ kind: 'server', serverId: server_id, agentId: agent_id }) as const;

/** What changed of a bulk, for open pages; null: there is no such any more. */
export async function bulkChange(reader: Reader, id: BulkId, serverIds: readonly ServerId[]): Promise<BulkChange | null> {
  const row = await reader.selectFrom('bulks').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return null;
  const items = await reader.selectFrom('bulk_items').selectAll().where('bulk_id', '=', id).where('server_id', 'in', serverIds).execute();
  const { endedAt, cancelled, items: shown } = showBulk(row, items);
  return { id: row.id, endedAt, cancelled, items: shown };
}

/** Notes that none of a bulk's servers waits any more. */
export async function endWhenDone(writer: Reader, id: BulkId, now: number): Promise<void> {
  await writer
    .updateTable('bulks')
    .set({ ended_at: now })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('bulk_items')
            .select('position')
            .where('bulk_id', '=', id)
            .where('state', 'in', ['waiting', 'asked'])
            .where('operation_id', 'is', null),
        ),
      ),
    )
    .execute();
}

function showBulk(row: BulkRow, items: readonly BulkItemRow[]): Bulk {
  return {
    id: row.id,
    action: row.action,
    requestedBy: row.requested_by,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    cancelled: row.cancelled === 1,
    items: items.map(showItem),
  };
}

function showItem(row: BulkItemRow): BulkItem {
  return { serverId: row.server_id, serverName: row.server_name, state: row.state, operationId: row.operation_id, detail: row.detail };
}
