// A step is done: what it changed of the record, what was seen, and the next step, in one transaction under the lease.

import type { ServerId } from '@mainstay/core/id';
import type { Happening } from '@mainstay/wire/events';
import type { Effect, ResultOf } from '@mainstay/wire/link';
import type { Change } from '../app/journal.ts';
import { take } from '../app/observations.ts';
import { releaseSource } from '../app/release-source.ts';
import { transition } from '../app/transition.ts';
import type { OperationRow, ServerRow } from '../sql/schema.ts';
import type { World } from '../world.ts';
import { type Standing, serverOf, underLease } from './lease.ts';
import type { Planning } from './plan.ts';

/** A step is done: what it changed of the record, what it saw, and the next step, in one transaction. */
export async function advance(
  world: World,
  { row, server, planning }: Standing,
  effect: Effect,
  result: ResultOf<'server.apply'>,
): Promise<void> {
  await underLease(world, row, async (under) => {
    const made = madeFromRecord(effect, server, result.containerId);
    // The container that still had them is gone.
    if (made) await under.writer.deleteFrom('port_allocations').where('server_id', '=', server.id).where('leaving', '=', 1).execute();
    await under.writer
      .updateTable('servers')
      .set({
        // A replacement is not the server's container before it is swapped in.
        ...(effect.action === 'ensure-replacement' ? {} : { container_id: result.containerId }),
        ...(made ? { applied_json: JSON.stringify(planning.spec), engine_id: result.observation.engineId, container_name: null } : {}),
        updated_at: under.at,
      })
      .where('id', '=', server.id)
      .execute();
    await take(under, row.agent_id, result.observation, { crashes: false });
    await next(under, row);
    if (result.endedBy !== null) await tell(under, row, server, { kind: 'server-stopped-by', rung: result.endedBy });
    if (effect.action === 'ensure-copied') await arrived(under, row, planning, server, result);
  });
  if (effect.action === 'ensure-copied') world.bus.publish({ topic: 'operations' });
}

/** The data has come whole: the record forgets where from, and the server that it came from is given back. */
async function arrived(
  under: Change,
  row: OperationRow,
  { input }: Planning,
  server: ServerRow,
  { copied }: ResultOf<'server.apply'>,
): Promise<void> {
  await under.writer.updateTable('servers').set({ copy_json: null }).where('id', '=', server.id).execute();
  await releaseSource(under, row);
  if (input.copy && copied)
    await tell(under, row, server, { kind: 'server-copied', from: input.copy.name, live: input.copy.live, ...copied });
}

/** The server that is copied from rests. */
export async function advanceStopped(
  world: World,
  { row, server }: Standing,
  sourceId: ServerId,
  result: ResultOf<'server.apply'>,
): Promise<void> {
  await underLease(world, row, async (under) => {
    await next(under, row);
    const source = await serverOf(under.writer, sourceId);
    if (!source) return;
    await take(under, source.agent_id, result.observation, { crashes: false });
    if (result.endedBy !== null) await tell(under, row, source, { kind: 'server-stopped-by', rung: result.endedBy });
    const cause = { by: 'operation', who: row.requested_by, operation: row.kind } as const;
    if (source.state === 'running') await transition(under, source, 'stopped', { code: 'lent', to: server.name }, cause, row.id);
  });
}

/** A step that only the record knows of: the server that was copied from is given back, or is gone. */
export async function advanceRecord(world: World, { row }: Standing): Promise<void> {
  await underLease(world, row, async (under, current) => {
    await releaseSource(under, current);
    await next(under, row);
  });
  world.bus.publish({ topic: 'operations' });
}

async function next({ writer }: Change, row: OperationRow): Promise<void> {
  await writer
    .updateTable('operations')
    .set({ step_index: row.step_index + 1, progress_json: null })
    .where('id', '=', row.id)
    .execute();
}

async function tell({ append }: Change, row: OperationRow, server: ServerRow, happening: Happening): Promise<void> {
  await append({ server, operationId: row.id, cause: { by: 'operation', who: row.requested_by, operation: row.kind }, happening });
}

/**
 * Whether the server's container is from now on one made from today's record. One that was there already was made from
 * what is recorded as applied; a replacement counts once nothing can lead back to the old one.
 */
function madeFromRecord(effect: Effect, server: ServerRow, containerId: string | null): boolean {
  if (effect.action === 'ensure-only') return true;
  return effect.action === 'ensure-container' && (server.applied_json === null || containerId !== server.container_id);
}
