// Sizes over time: each span has steps of its own, and of each step the newest is kept.

import { Fault } from '@mainstay/core/fault';
import type { AgentId, ServerId } from '@mainstay/core/id';
import { type DiskSpan, diskSpans, type HostDisk, type HostDiskSeries, type ServerDiskSeries } from '@mainstay/wire/disk';
import type { World } from '../world.ts';
import type { Change } from './journal.ts';

/** So many rows in one statement: well below the number of values that every database takes. */
const rowsAtOnce = 500;

/** Keeps what servers' volumes take now. */
export async function keepServerSizes(
  { writer, at }: Change,
  sizes: readonly { server_id: ServerId; volume: string; bytes: number }[],
): Promise<void> {
  for (const { stepMs } of Object.values(diskSpans)) {
    for (let from = 0; from < sizes.length; from += rowsAtOnce) {
      await writer
        .insertInto('server_disk_samples')
        .values(sizes.slice(from, from + rowsAtOnce).map((size) => ({ ...size, step_ms: stepMs, at: stepOf(at, stepMs) })))
        .onConflict((conflict) =>
          conflict.columns(['server_id', 'volume', 'step_ms', 'at']).doUpdateSet((row) => ({ bytes: row.ref('excluded.bytes') })),
        )
        .execute();
    }
  }
}

const stepOf = (at: number, stepMs: number): number => Math.floor(at / stepMs) * stepMs;

/** Keeps how a host's disk is used now. */
export async function keepHostDisk({ writer, at }: Change, agentId: AgentId, disk: HostDisk): Promise<void> {
  for (const { stepMs } of Object.values(diskSpans)) {
    const sample = { disk_json: JSON.stringify(disk) };
    await writer
      .insertInto('agent_disk_samples')
      .values({ agent_id: agentId, step_ms: stepMs, at: stepOf(at, stepMs), ...sample })
      .onConflict((conflict) => conflict.columns(['agent_id', 'step_ms', 'at']).doUpdateSet(sample))
      .execute();
  }
}

/** What a server's volumes took over a span, oldest first. @throws Fault `not-found` */
export async function serverDiskSeries(world: World, id: ServerId, span: DiskSpan): Promise<ServerDiskSeries> {
  const { db } = world.store;
  const { stepMs, keepMs } = diskSpans[span];
  if (!(await db.selectFrom('servers').select('id').where('id', '=', id).executeTakeFirst())) {
    throw new Fault('not-found', 'There is no server with this id.');
  }
  const rows = await db
    .selectFrom('server_disk_samples')
    .select(['at', 'volume', 'bytes'])
    .where('server_id', '=', id)
    .where('step_ms', '=', stepMs)
    .where('at', '>=', world.clock.now() - keepMs)
    .orderBy('at')
    .execute();
  const byTime = Map.groupBy(rows, (row) => row.at);
  return {
    span,
    stepMs,
    samples: [...byTime].map(([at, sizes]) => ({ at, volumes: Object.fromEntries(sizes.map(({ volume, bytes }) => [volume, bytes])) })),
  };
}

/** How a host's disk was used over a span, oldest first. @throws Fault `not-found` */
export async function hostDiskSeries(world: World, id: AgentId, span: DiskSpan): Promise<HostDiskSeries> {
  const { db } = world.store;
  const { stepMs, keepMs } = diskSpans[span];
  if (!(await db.selectFrom('agents').select('id').where('id', '=', id).executeTakeFirst())) {
    throw new Fault('not-found', 'There is no agent with this id.');
  }
  const rows = await db
    .selectFrom('agent_disk_samples')
    .select('disk_json')
    .where('agent_id', '=', id)
    .where('step_ms', '=', stepMs)
    .where('at', '>=', world.clock.now() - keepMs)
    .orderBy('at')
    .execute();
  return { span, stepMs, samples: rows.map((row) => JSON.parse(row.disk_json)) };
}

/** Drops what no span shows any more. */
export async function dropOldSizes(world: World): Promise<void> {
  const now = world.clock.now();
  for (const { stepMs, keepMs } of Object.values(diskSpans)) {
    const before = now - keepMs - stepMs;
    for (const table of ['server_disk_samples', 'agent_disk_samples'] as const) {
      await world.store.db.deleteFrom(table).where('step_ms', '=', stepMs).where('at', '<', before).execute();
    }
  }
}
