// The end of retention: what was deleted long enough ago is purged, by an ordinary operation that anybody can see; an hour before,
// that is told. Takes no input: looks at all deleted servers each time. Whether an end may be believed the core says.

import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';
import { type EndsSeen, judgeEnds, noticeMs, purgeAt } from '@mainstay/core/retention';
import { act } from '../app/act.ts';
import { change } from '../app/journal.ts';
import { itself } from '../app/operations.ts';
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
    const told = servers.filter((server) => ended.includes(server.id) && wasToldInTime(world, server, now.wall));
    for (const server of told) await purge(world, server);
  });
}

function endOf(world: World, server: ServerRow): [[ServerId, number]] | null {
  const end = purgeAt(server.deleted_at, retentionOf(server, world.settings.now));
  return end === null ? null : [[server.id, end]];
}

/**
 * Whether the notice had its hour: an end that came near all at once, as when the retention was made shorter or the manager was
 * down, waits for that. A retention that is itself shorter has no more than it lasts.
 */
function wasToldInTime(world: World, server: ServerRow, now: number): boolean {
  const hours = retentionOf(server, world.settings.now) ?? Number.POSITIVE_INFINITY;
  return now - (server.purge_told_at ?? now) >= Math.min(noticeMs, hours * 60 * 60 * 1000);
}

/** Once for each end; one that moved away is told of again when it is near. */
async function tellWhenNear(world: World, server: ServerRow, end: number | undefined, now: number): Promise<void> {
  const near = end !== undefined && end - now <= noticeMs;
  if (!near && server.purge_told_at !== null) {
    await world.store.db.updateTable('servers').set({ purge_told_at: null }).where('id', '=', server.id).execute();
  }
  if (!near || server.purge_told_at !== null) return;
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

async function purge(world: World, server: ServerRow): Promise<void> {
  const { id } = server;
  const wish = { removeData: true, archive: world.settings.now.finalArchive, confirmName: server.name };
  try {
    await act(world, itself(self), id, 'purge', wish);
    world.log.info({ server: id, name: server.name }, 'its retention is over; it is purged');
  } catch (error) {
    // Restored, renamed or being purged meanwhile: then that is what somebody wants.
    if (!(error instanceof Fault)) throw error;
    world.log.info({ server: id, error }, 'its retention is over, and it is not purged now');
  }
}
