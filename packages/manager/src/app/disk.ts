// What worlds take of their host's disk: asked of the hosts now and then, kept as it is now and over time. A look that fails leaves
// the sizes that are known.

import { nearlyFull, overQuota, quotaBytes } from '@mainstay/core/disk';
import { Fault } from '@mainstay/core/fault';
import type { AgentId, ServerId } from '@mainstay/core/id';
import {
  type DiskReport,
  type DiskSpan,
  diskSpans,
  type HostDisk,
  type HostDiskSeries,
  measureWithinMs,
  type ServerDiskSeries,
} from '@mainstay/wire/disk';
import type { Cause } from '@mainstay/wire/events';
import { quotaOf } from '../sql/rows.ts';
import type { ServerRow } from '../sql/schema.ts';
import type { World } from '../world.ts';
import { type Change, change } from './journal.ts';

/** So many rows in one statement: well below the number of values that every database takes. */
const rowsAtOnce = 500;

const cause = { by: 'measurement' } as const;

/** Asks one host for what its servers take. @throws Fault `host-away` */
export async function measureDisk(world: World, agentId: AgentId): Promise<void> {
  const rows = await world.store.db
    .selectFrom('servers')
    .select('id')
    .where('agent_id', '=', agentId)
    .where('applied_json', 'is not', null)
    .execute();
  const report = await world.fleet.ask(agentId, 'host.measure', { serverIds: rows.map((row) => row.id) }, { timeoutMs: measureWithinMs });
  await takeDisk(world, agentId, report);
}

/** Asks every host that is connected. */
export async function measureAllDisks(world: World): Promise<void> {
  const agentIds = [...world.fleet.members()].map((member) => member.agentId);
  const results = await Promise.allSettled(agentIds.map((agentId) => measureDisk(world, agentId)));
  for (const result of results)
    if (result.status === 'rejected') world.log.info({ error: result.reason }, 'a host’s disk was not measured');
}

/** Takes what an agent measured: believed about its own servers only. */
async function takeDisk(world: World, agentId: AgentId, report: DiskReport): Promise<void> {
  const measured = new Map(report.servers.map(({ serverId, volumes }) => [serverId, volumes]));
  const resized = await change(world, async (under) => {
    const { writer, at } = under;
    const rows = (await writer.selectFrom('servers').selectAll().where('agent_id', '=', agentId).execute()).filter((row) =>
      measured.has(row.id),
    );
    const changed: ServerId[] = [];
    for (const row of rows) if (await noteSize(under, row, measured.get(row.id) ?? {})) changed.push(row.id);
    await keepServerSizes(
      under,
      rows.flatMap(({ id }) => Object.entries(measured.get(id) ?? {}).map(([volume, bytes]) => ({ server_id: id, volume, bytes }))),
    );

    const total = await writer
      .selectFrom('servers')
      .select((e) => e.fn.sum<number | null>('data_bytes').as('bytes'))
      .where('agent_id', '=', agentId)
      .executeTakeFirst();
    await noteHostDisk(under, agentId, {
      at,
      serverBytes: Number(total?.bytes ?? 0),
      trashBytes: report.trashBytes,
      archiveBytes: report.archiveBytes,
      freeBytes: report.disk?.freeBytes ?? null,
      totalBytes: report.disk?.totalBytes ?? null,
    });
    return changed;
  });
  world.bus.publish({ topic: 'shown', servers: resized, agents: [agentId] });
}

/** @returns whether it is another size than was known */
async function noteSize(under: Change, row: ServerRow, volumes: Record<string, number>): Promise<boolean> {
  const bytes = Object.values(volumes).reduce((sum, each) => sum + each, 0);
  const volume_bytes_json = JSON.stringify(volumes);
  const crossed = await judgeQuota(under, { ...row, data_bytes: bytes }, cause);
  if (!crossed && row.data_bytes === bytes && row.volume_bytes_json === volume_bytes_json) return false;
  await under.writer.updateTable('servers').set({ data_bytes: bytes, volume_bytes_json }).where('id', '=', row.id).execute();
  return true;
}

/**
 * Holds a server's size against its quota, where one of them changed.
 * @returns whether it is over now and was not before, or the other way round
 */
export async function judgeQuota({ writer, append }: Change, row: ServerRow, by: Cause): Promise<boolean> {
  const quota = quotaOf(row);
  const over = overQuota(quota, row.data_bytes);
  if (over === (row.over_quota === 1)) return false;
  await writer
    .updateTable('servers')
    .set({ over_quota: over ? 1 : 0 })
    .where('id', '=', row.id)
    .execute();
  const limit = quota === null ? null : quotaBytes(quota);
  await append({ server: row, cause: by, happening: { kind: 'server-quota', over, bytes: row.data_bytes ?? 0, quotaBytes: limit } });
  return true;
}

async function noteHostDisk({ writer, append, at }: Change, agentId: AgentId, disk: HostDisk): Promise<void> {
  const agent = await writer.selectFrom('agents').select(['nearly_full', 'disk_json']).where('id', '=', agentId).executeTakeFirst();
  if (!agent) return;
  const before = agent.nearly_full === 1;
  const { freeBytes, totalBytes } = disk;
  // A disk that could not be looked at is as it was.
  const full = freeBytes === null || totalBytes === null ? before : nearlyFull({ freeBytes, totalBytes }, before);
  await writer
    .updateTable('agents')
    .set({ disk_json: JSON.stringify(disk), nearly_full: full ? 1 : 0 })
    .where('id', '=', agentId)
    .execute();
  if (full !== before && freeBytes !== null && totalBytes !== null) {
    await append({ agentId, cause, happening: { kind: 'agent-disk', nearlyFull: full, freeBytes, totalBytes } });
  }
  for (const { stepMs } of Object.values(diskSpans)) {
    const sample = { disk_json: JSON.stringify(disk) };
    await writer
      .insertInto('agent_disk_samples')
      .values({ agent_id: agentId, step_ms: stepMs, at: stepOf(at, stepMs), ...sample })
      .onConflict((conflict) => conflict.columns(['agent_id', 'step_ms', 'at']).doUpdateSet(sample))
      .execute();
  }
}

async function keepServerSizes(
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

/** A start of what is over its quota, where its owner wants none. @throws Fault `quota-exceeded` */
export function refuseOverQuota(row: ServerRow): void {
  const quota = quotaOf(row);
  if (!quota?.refuseStarts || !overQuota(quota, row.data_bytes)) return;
  throw new Fault(
    'quota-exceeded',
    'Its data takes more than its quota, and starts are refused meanwhile. Remove data, or raise the quota.',
    {
      extra: { dataBytes: row.data_bytes, quotaBytes: quotaBytes(quota) },
    },
  );
}
