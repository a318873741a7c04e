// What servers use: the newest sample of each, in memory, and averages over the steps of each kept span, in the store.
// Bounded: every span drops what is older than it shows.

import { Fault } from '@mainstay/core/fault';
import type { AgentId, ServerId } from '@mainstay/core/id';
import { sampleFreshMs, type Usage, type UsageReport, type UsageSeries, type UsageSpan, usageSpans } from '@mainstay/wire/usage';
import { sql } from 'kysely';
import type { World } from '../world.ts';

/** The newest sample of each server, by this manager's own clock of arrival. */
export class UsageNow {
  readonly #newest = new Map<ServerId, { usage: Usage; arrivedAt: number }>();

  set(serverId: ServerId, usage: Usage, arrivedAt: number): void {
    this.#newest.set(serverId, { usage, arrivedAt });
  }

  /** null once it is too old to count as now. */
  of(serverId: ServerId, now: number): Usage | null {
    const newest = this.#newest.get(serverId);
    if (!newest) return null;
    if (now - newest.arrivedAt < sampleFreshMs) return newest.usage;
    this.#newest.delete(serverId);
    return null;
  }
}

/** Rows in one statement: as quick as more of them, and far from what a statement may hold. */
const rowsAtOnce = 100;

/** Takes an agent's samples: believed about its own servers only. */
export async function takeUsage(world: World, agentId: AgentId, report: UsageReport): Promise<void> {
  const now = world.clock.now();
  const ids = report.servers.map((sample) => sample.serverId);
  if (ids.length === 0) return;
  const own = await world.store.db.selectFrom('servers').select('id').where('agent_id', '=', agentId).where('id', 'in', ids).execute();
  const known = new Set(own.map((row) => row.id));
  const samples = report.servers.filter((sample) => known.has(sample.serverId));
  // The manager's own time: a host whose clock is wrong must not draw its chart into the future.
  await world.store.transact(async (writer) => {
    for (const { stepMs } of Object.values(usageSpans)) {
      const at = Math.floor(now / stepMs) * stepMs;
      for (let from = 0; from < samples.length; from += rowsAtOnce) {
        await writer
          .insertInto('usage_samples')
          .values(
            samples.slice(from, from + rowsAtOnce).map((sample) => ({
              server_id: sample.serverId,
              step_ms: stepMs,
              at,
              samples: 1,
              cores: sample.cores,
              memory_bytes: sample.memoryBytes,
              received: sample.receivedPerSecond,
              sent: sample.sentPerSecond,
            })),
          )
          .onConflict((conflict) =>
            conflict.columns(['server_id', 'step_ms', 'at']).doUpdateSet((row) => ({
              samples: sql`usage_samples.samples + 1`,
              cores: sql`usage_samples.cores + ${row.ref('excluded.cores')}`,
              memory_bytes: sql`usage_samples.memory_bytes + ${row.ref('excluded.memory_bytes')}`,
              received: sql`usage_samples.received + ${row.ref('excluded.received')}`,
              sent: sql`usage_samples.sent + ${row.ref('excluded.sent')}`,
            })),
          )
          .execute();
      }
    }
  });
  for (const { serverId, ...sample } of samples) world.usage.set(serverId, { at: now, ...sample }, now);
  world.bus.publish({ topic: 'usage', serverIds: samples.map((sample) => sample.serverId) });
}

/** The series of one server over a span, oldest first. */
export async function usageSeries(world: World, id: ServerId, span: UsageSpan): Promise<UsageSeries> {
  const { stepMs, keepMs } = usageSpans[span];
  const server = await world.store.db.selectFrom('servers').select('id').where('id', '=', id).executeTakeFirst();
  if (!server) throw new Fault('not-found', 'There is no server with this id.');
  const rows = await world.store.db
    .selectFrom('usage_samples')
    .selectAll()
    .where('server_id', '=', id)
    .where('step_ms', '=', stepMs)
    .where('at', '>=', world.clock.now() - keepMs)
    .orderBy('at')
    .execute();
  return {
    span,
    stepMs,
    samples: rows.map((row) => ({
      at: row.at,
      cores: row.cores / row.samples,
      memoryBytes: Math.round(row.memory_bytes / row.samples),
      receivedPerSecond: row.received === null ? null : row.received / row.samples,
      sentPerSecond: row.sent === null ? null : row.sent / row.samples,
    })),
  };
}

/** Drops what no span shows any more. */
export async function dropOldUsage(world: World): Promise<void> {
  const now = world.clock.now();
  for (const { stepMs, keepMs } of Object.values(usageSpans)) {
    await world.store.db
      .deleteFrom('usage_samples')
      .where('step_ms', '=', stepMs)
      .where('at', '<', now - keepMs - stepMs)
      .execute();
  }
}
