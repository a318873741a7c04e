// The end of retention: what was deleted long enough ago is purged, by an ordinary operation that anybody can see; an hour before,
// that is told. Takes no input: looks at all deleted servers each time. Whether an end may be believed the core says.

import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';
import { type EndsSeen, judgeEnds, noticeMs, purgeAt } from '@mainstay/core/retention';
import { act } from '../app/act.ts';
import { change } from '../app/journal.ts';
import { retentionOf } from '../sql/rows.ts';
import type { ServerRow } from '../sql/schema.ts';
import type { World } from '../world.ts';
import { every } from './every.ts';

/** Who purges, in the history. */
const self = 'mainstay';
const everyMs = 60_000;

/**
 * @param confirmMs how long an end must be seen before it counts
 * @returns how to stop
 */
export function startRetention(world: World, confirmMs: number): { stop(): Promise<void> } {
  let before: EndsSeen<ServerId> | null = null;
  return every(world, Math.min(everyMs, Math.max(1_000, confirmMs / 2)), 'retentions could not be looked at', async () => {
    const servers = await world.store.db.selectFrom('servers').selectAll().where('state', '=', 'deleted').execute();
    const now = { wall: world.clock.now(), running: world.clock.running() };
    const ends = new Map(servers.flatMap((server) => endOf(world, server) ?? []));
    const { seen, ended, jumped } = judgeEnds(before, now, ends, confirmMs);
    before = seen;
    if (jumped) world.log.warn('this machine’s clock was set; ends of retention are looked at anew');
    for (const server of servers) await tellWhenNear(world, server, ends.get(server.id), now.wall);
    for (const id of ended) await purge(world, id, servers);
  });
}

function endOf(world: World, server: ServerRow): [[ServerId, number]] | null {
  const end = purgeAt(server.deleted_at, retentionOf(server, world.settings.now));
  return end === null ? null : [[server.id, end]];
}

/** Once for each deletion. */
async function tellWhenNear(world: World, server: ServerRow, end: number | undefined, now: number): Promise<void> {
  if (end === undefined || end - now > noticeMs || server.purge_told_at !== null) return;
  await change(world, async ({ writer, at, append }) => {
    const { numUpdatedRows } = await writer
      .updateTable('servers')
      .set({ purge_told_at: at })
      .where('id', '=', server.id)
      .where('state', '=', 'deleted')
      .where('purge_told_at', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows > 0n) await append({ server, cause: { by: 'retention' }, happening: { kind: 'purge-near', purgeAt: end } });
  });
}

async function purge(world: World, id: ServerId, servers: readonly ServerRow[]): Promise<void> {
  const server = servers.find((each) => each.id === id);
  if (!server) return;
  const wish = { removeData: true, archive: world.settings.now.finalArchive, confirmName: server.name };
  try {
    await act(world, { name: self, idempotency: null }, id, 'purge', wish);
    world.log.info({ server: id, name: server.name }, 'its retention is over; it is purged');
  } catch (error) {
    // Restored, renamed or being purged meanwhile: then that is what somebody wants.
    if (!(error instanceof Fault)) throw error;
    world.log.info({ server: id, error }, 'its retention is over, and it is not purged now');
  }
}
