// An operation's row while it is carried out: read whole, and written only under its lease. Who has lost the lease
// writes nothing.

import type { AgentId, OperationId, ServerId } from '@mainstay/core/id';
import type { ServerSpec } from '@mainstay/core/server';
import type { Progress } from '@mainstay/wire/operations';
import { type Change, change } from '../app/journal.ts';
import type { OperationInput } from '../app/operations.ts';
import { openEnv } from '../app/secret-env.ts';
import { conductOf, specOf } from '../sql/rows.ts';
import type { OperationRow, ServerRow } from '../sql/schema.ts';
import type { Reader } from '../sql/store.ts';
import type { World } from '../world.ts';
import type { Planning, PlanStep } from './plan.ts';

/** How often progress is written at most: a page needs no more, and a flood must not reach the store. */
const progressEveryMs = 250;

export interface Standing {
  readonly row: OperationRow;
  readonly server: ServerRow;
  readonly planning: Planning;
  /** The server that it copies from; null: none, or it is gone. */
  readonly source: ServerRow | null;
  /** Another engine answers on the host than the one its servers live on: nothing may be done there. */
  readonly otherEngine: boolean;
  /** The engine its servers live on; null before the first look. */
  readonly engineId: string | null;
}

export async function read(world: World, id: OperationId): Promise<Standing | null> {
  const { db } = world.store;
  const row = await db.selectFrom('operations').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row || row.ended_at !== null || row.lease_owner !== world.instanceId) return null;
  const server = await serverOf(db, row.server_id);
  if (!server) return null;
  const ports = await db.selectFrom('port_allocations').selectAll().where('server_id', '=', server.id).execute();
  const input: OperationInput = JSON.parse(row.input_json);
  const spec = specOf(server, ports);
  const applied: ServerSpec | null = server.applied_json === null ? null : JSON.parse(server.applied_json);
  const source = input.copy ? ((await serverOf(db, input.copy.from)) ?? null) : null;
  return {
    row,
    server,
    source,
    ...(await engineOf(db, row.agent_id)),
    planning: {
      serverId: server.id,
      operationId: id,
      spec,
      env: () => openEnv(world.vault, server.id, spec.env),
      applied,
      appliedEnv: () => openEnv(world.vault, server.id, applied?.env ?? {}),
      conduct: conductOf(server),
      made: { template: server.template_json === null ? null : JSON.parse(server.template_json), createdAt: server.created_at },
      source: source && {
        spec: specOf(source, []),
        conduct: conductOf(source),
        remote: source.agent_id !== server.agent_id,
        bytes: source.data_bytes,
      },
      input,
    },
  };
}

/** The engine that a host's servers live on, and whether it is the one that answers there. */
export async function engineOf(reader: Reader, id: AgentId): Promise<Pick<Standing, 'otherEngine' | 'engineId'>> {
  const agent = await reader.selectFrom('agents').select(['engine_state', 'engine_id']).where('id', '=', id).executeTakeFirst();
  return { otherEngine: agent?.engine_state === 'other', engineId: agent?.engine_id ?? null };
}

export async function serverOf(reader: Reader, id: ServerId): Promise<ServerRow | undefined> {
  return reader.selectFrom('servers').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Writes under the lease. @returns whether it was still held */
export async function update(world: World, row: OperationRow, set: Partial<OperationRow>): Promise<boolean> {
  const result = await world.store.db
    .updateTable('operations')
    .set(set)
    .where('id', '=', row.id)
    .where('lease_owner', '=', world.instanceId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  world.bus.publish({ topic: 'progress', operationId: row.id });
  return Number(result.numUpdatedRows) === 1;
}

/** Writes that a step is about to begin, unless somebody cancelled just before. */
export async function begin(world: World, row: OperationRow, step: PlanStep): Promise<boolean> {
  const result = await world.store.db
    .updateTable('operations')
    .set({
      state: 'running',
      step: step.action,
      waiting_for: null,
      progress_json: null,
      started_at: row.started_at ?? world.clock.now(),
      ...(step.action === 'stop-source' ? { source_stopped: 1 } : {}),
    })
    .where('id', '=', row.id)
    .where('lease_owner', '=', world.instanceId)
    .where('ended_at', 'is', null)
    .where('cancel_requested', '=', row.cancel_requested)
    .executeTakeFirst();
  world.bus.publish({ topic: 'progress', operationId: row.id });
  return Number(result.numUpdatedRows) === 1;
}

export async function wait(world: World, row: OperationRow, waitingFor: string): Promise<void> {
  if (row.state === 'waiting' && row.waiting_for === waitingFor) return;
  await update(world, row, { state: 'waiting', waiting_for: waitingFor });
}

export function progressWriter(world: World, row: OperationRow): (progress: Progress) => void {
  let writtenAt = 0;
  return (progress) => {
    const now = world.clock.now();
    if (Math.abs(now - writtenAt) < progressEveryMs) return;
    writtenAt = now;
    update(world, row, { progress_json: JSON.stringify(progress) }).catch((error: unknown) =>
      world.log.warn({ error }, 'progress was not written'),
    );
  };
}

/** A change of the record, made only while the lease is held. */
export async function underLease(
  world: World,
  row: OperationRow,
  work: (under: Change, current: OperationRow) => Promise<void>,
): Promise<void> {
  await change(world, async (under) => {
    const current = await under.writer.selectFrom('operations').selectAll().where('id', '=', row.id).executeTakeFirst();
    if (current && current.ended_at === null && current.lease_owner === world.instanceId) await work(under, current);
  });
}
