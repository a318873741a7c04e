// What worlds take of their host's disk: asked of the hosts now and then. A look that fails leaves the sizes that are known.

import { nearlyFull } from '@mainstay/core/disk';
import type { AgentId, ServerId } from '@mainstay/core/id';
import { type DiskReport, type HostDisk, measureWithinMs } from '@mainstay/wire/disk';
import type { ServerRow } from '../sql/schema.ts';
import type { World } from '../world.ts';
import { keepHostDisk, keepServerSizes } from './disk-series.ts';
import { type Change, change } from './journal.ts';
import { judgeQuota } from './quota.ts';

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

async function noteHostDisk(under: Change, agentId: AgentId, disk: HostDisk): Promise<void> {
  const { writer, append } = under;
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
  await keepHostDisk(under, agentId, disk);
}
