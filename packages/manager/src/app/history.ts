// A server's history: its events and its operations, newest first. Kept after a purge, so known ids are asked for, not
// living servers.

import { Fault } from '@mainstay/core/fault';
import type { OperationId, ServerId } from '@mainstay/core/id';
import type { Event } from '@mainstay/wire/events';
import type { Operation } from '@mainstay/wire/operations';
import { showEvent, showOperation } from '../sql/rows.ts';
import type { World } from '../world.ts';

interface PageQuery {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** @throws Fault `not-found` when there never was such a server */
export async function history(world: World, id: ServerId, { cursor, limit }: PageQuery): Promise<Page<Event>> {
  const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number.parseInt(cursor, 10);
  if (!(before >= 0)) throw badCursor();
  const rows = await world.store.db
    .selectFrom('events')
    .selectAll()
    .where('server_id', '=', id)
    .where('id', '<', before)
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  // A server's first event is that it was recorded: no events at all, no server ever.
  if (rows.length === 0 && cursor === undefined) throw new Fault('not-found', 'There is no server with this id.');
  const page = rows.slice(0, limit);
  return { items: page.map(showEvent), nextCursor: rows.length > limit ? String(page.at(-1)?.id) : null };
}

/** @throws Fault `not-found` when there never was such a server */
export async function operationsOf(world: World, id: ServerId, { cursor, limit }: PageQuery): Promise<Page<Operation>> {
  const [createdAt, lastId] = cursor === undefined ? [Number.MAX_SAFE_INTEGER, ''] : (cursor.split('.') as [string, string | undefined]);
  const before = Number(createdAt);
  if (!(before >= 0) || lastId === undefined) throw badCursor();
  const rows = await world.store.db
    .selectFrom('operations')
    .selectAll()
    .where('server_id', '=', id)
    .where((where) =>
      where.or([where('created_at', '<', before), where.and([where('created_at', '=', before), where('id', '<', lastId as OperationId)])]),
    )
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  if (rows.length === 0 && cursor === undefined) throw new Fault('not-found', 'There is no server with this id.');
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { items: page.map(showOperation), nextCursor: rows.length > limit && last ? `${last.created_at}.${last.id}` : null };
}

export function badCursor(): Fault {
  return new Fault('invalid-request', 'query/cursor: not the cursor of a page before.');
}
