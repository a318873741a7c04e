// Carries one operation out, step by step, from wherever it stands. A step that was interrupted is done again: every
// effect is idempotent. Whatever is written is written under the lease; who has lost it writes nothing.

import { Fault, type FaultCode, passes, refuses } from '@mainstay/core/fault';
import type { OperationId, ServerId } from '@mainstay/core/id';
import { conclude, type Ending } from '@mainstay/core/settle';
import type { Effect, ResultOf } from '@mainstay/wire/link';
import type { Progress } from '@mainstay/wire/operations';
import { type Change, change } from '../app/journal.ts';
import { take } from '../app/observations.ts';
import { endOperation, type OperationInput } from '../app/operations.ts';
import { transition } from '../app/transition.ts';
import { sightingOf, specOf } from '../sql/rows.ts';
import type { OperationRow, ServerRow } from '../sql/schema.ts';
import type { Reader } from '../sql/store.ts';
import type { World } from '../world.ts';
import { canUndo, type Planning, planOf } from './plan.ts';

/** How often progress is written at most: a page needs no more, and a flood must not reach the store. */
const progressEveryMs = 250;
/** What a waiting operation says that it waits for. */
const waited: { readonly 'host-away': string } & Partial<Record<FaultCode, string>> = {
  'host-away': 'the host to be heard again',
  'shutting-down': 'the host’s agent to come back',
  'engine-unreachable': 'the host’s Docker engine to answer',
};
/** Between tries of a step that the world refused for now. */
const retryMs = { first: 500, most: 15_000 } as const;

/** The signals that end a step early. */
export interface Interrupts {
  /** The manager is stopping: leave the operation as it stands. */
  readonly stopping: AbortSignal;
  /** Aborted when the row is to be read again: it was cancelled or superseded. */
  readonly look: () => AbortSignal;
}

interface Standing {
  readonly row: OperationRow;
  readonly server: ServerRow;
  readonly planning: Planning;
  /** Another engine answers on the host than the one its servers live on: nothing may be done there. */
  readonly otherEngine: boolean;
}

/** Drives the operation until it has ended, the lease is lost, or the manager stops. */
export async function drive(world: World, id: OperationId, interrupts: Interrupts): Promise<void> {
  let tries = 0;
  while (!interrupts.stopping.aborted) {
    const interrupt = AbortSignal.any([interrupts.stopping, interrupts.look()]);
    const standing = await read(world, id);
    if (!standing) return;
    const { row } = standing;
    if (row.cancel_requested === 1 && row.phase === 'forward') {
      await cancel(world, standing);
      continue;
    }
    const steps = planOf(row.kind, row.phase, standing.planning);
    const effect = steps[row.step_index];
    if (!effect) return finish(world, standing);
    if (!world.fleet.online(row.agent_id)) {
      await wait(world, row, waited['host-away']);
      await world.fleet.whenOnline(row.agent_id, interrupt);
      continue;
    }
    if (standing.otherEngine) {
      await wait(world, row, 'the host’s own engine: another one answers there now');
      await world.clock.pause(retryMs.most, interrupt);
      continue;
    }
    if (!(await begin(world, row, effect))) continue;
    try {
      const result = await world.fleet.ask(
        row.agent_id,
        'server.apply',
        { serverId: row.server_id, containerId: standing.server.container_id, effect, progressToken: null },
        { signal: interrupt, onProgress: progressWriter(world, row) },
      );
      await advance(world, standing, effect, result);
      tries = 0;
    } catch (error) {
      const fault =
        error instanceof Fault ? error : new Fault('internal', 'A step broke on our side; the manager’s log says how.', { cause: error });
      if (interrupt.aborted) continue;
      world.log.info(
        { operation: id, kind: row.kind, step: effect.action, fault: fault.code, detail: fault.detail, cause: fault.cause },
        'step did not succeed',
      );
      if (passes(fault.code) || row.kind === 'purge') {
        await wait(world, row, waited[fault.code] ?? `another try: ${fault.detail}`);
        tries += 1;
        await world.clock.pause(Math.min(retryMs.most, retryMs.first * 2 ** (tries - 1)), interrupt);
      } else {
        await fail(world, standing, fault);
      }
    }
  }
}

async function read(world: World, id: OperationId): Promise<Standing | null> {
  const { db } = world.store;
  const row = await db.selectFrom('operations').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row || row.ended_at !== null || row.lease_owner !== world.instanceId) return null;
  const server = await serverOf(db, row.server_id);
  if (!server) return null;
  const ports = await db.selectFrom('port_allocations').selectAll().where('server_id', '=', server.id).execute();
  const input: OperationInput = JSON.parse(row.input_json);
  const agent = await db.selectFrom('agents').select('engine_state').where('id', '=', row.agent_id).executeTakeFirst();
  return {
    otherEngine: agent?.engine_state === 'other',
    row,
    server,
    planning: { operationId: id, spec: specOf(server, ports), input, fresh: server.applied_json === null },
  };
}

async function serverOf(reader: Reader, id: ServerId): Promise<ServerRow | undefined> {
  return reader.selectFrom('servers').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Writes under the lease. @returns whether it was still held */
async function update(world: World, row: OperationRow, set: Partial<OperationRow>): Promise<boolean> {
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
async function begin(world: World, row: OperationRow, effect: Effect): Promise<boolean> {
  const result = await world.store.db
    .updateTable('operations')
    .set({ state: 'running', step: effect.action, waiting_for: null, progress_json: null, started_at: row.started_at ?? world.clock.now() })
    .where('id', '=', row.id)
    .where('lease_owner', '=', world.instanceId)
    .where('ended_at', 'is', null)
    .where('cancel_requested', '=', row.cancel_requested)
    .executeTakeFirst();
  world.bus.publish({ topic: 'progress', operationId: row.id });
  return Number(result.numUpdatedRows) === 1;
}

async function wait(world: World, row: OperationRow, waitingFor: string): Promise<void> {
  if (row.state === 'waiting' && row.waiting_for === waitingFor) return;
  await update(world, row, { state: 'waiting', waiting_for: waitingFor });
}

function progressWriter(world: World, row: OperationRow): (progress: Progress) => void {
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
async function underLease(world: World, row: OperationRow, work: (under: Change, current: OperationRow) => Promise<void>): Promise<void> {
  await change(world, async (under) => {
    const current = await under.writer.selectFrom('operations').selectAll().where('id', '=', row.id).executeTakeFirst();
    if (current && current.ended_at === null && current.lease_owner === world.instanceId) await work(under, current);
  });
}

/** A step is done: what it changed of the record, what it saw, and the next step, in one transaction. */
async function advance(world: World, { row, server, planning }: Standing, effect: Effect, result: ResultOf<'server.apply'>): Promise<void> {
  await underLease(world, row, async (under) => {
    await under.writer
      .updateTable('servers')
      .set({
        // A replacement is not the server's container before it is swapped in.
        ...(effect.action === 'ensure-replacement' ? {} : { container_id: result.containerId }),
        ...(madeFromRecord(effect, server, result.containerId)
          ? { applied_json: JSON.stringify(planning.spec), engine_id: result.observation.engineId }
          : {}),
        updated_at: under.at,
      })
      .where('id', '=', server.id)
      .execute();
    await take(under, row.agent_id, result.observation);
    await under.writer
      .updateTable('operations')
      .set({ step_index: row.step_index + 1, progress_json: null })
      .where('id', '=', row.id)
      .execute();
    if (result.endedBy !== null) {
      await under.append({
        server,
        operationId: row.id,
        cause: { by: 'operation', who: row.requested_by, operation: row.kind },
        happening: { kind: 'server-stopped-by', rung: result.endedBy },
      });
    }
  });
}

/**
 * Whether the server's container is from now on one made from today's record. One that was there already was made from
 * what is recorded as applied; a replacement counts once nothing can lead back to the old one.
 */
function madeFromRecord(effect: Effect, server: ServerRow, containerId: string | null): boolean {
  if (effect.action === 'ensure-only') return true;
  return effect.action === 'ensure-container' && (server.applied_json === null || containerId !== server.container_id);
}

/** A step failed for good: undo what can be undone, else end. */
async function fail(world: World, standing: Standing, fault: Fault): Promise<void> {
  const { row } = standing;
  const error = { code: fault.code, detail: fault.detail };
  if (row.phase === 'undo') {
    // An undoing that fails leaves what it found; the first error stays the one that is told, and the rest is still tried.
    await update(world, row, { step_index: row.step_index + 1 });
    return;
  }
  if (canUndo(row.kind) && row.step_index > 0) {
    await update(world, row, { phase: 'undo', step_index: 0, error_json: JSON.stringify(error) });
    return;
  }
  await end(world, standing, error);
}

async function cancel(world: World, standing: Standing): Promise<void> {
  const { row } = standing;
  if (canUndo(row.kind) && row.step_index > 0) await update(world, row, { phase: 'undo', step_index: 0 });
  else await end(world, standing, null);
}

/** All steps of the phase are done. */
async function finish(world: World, standing: Standing): Promise<void> {
  const { row } = standing;
  if (row.phase === 'forward') await conclusion(world, row, standing.planning, { kind: 'succeeded' });
  else await end(world, standing, row.error_json === null ? null : JSON.parse(row.error_json));
}

/** Ends it in an error, or (null) as cancelled. */
async function end(world: World, { row, planning }: Standing, error: { code: Fault['code']; detail: string } | null): Promise<void> {
  const ending: Ending =
    error === null
      ? { kind: 'cancelled' }
      : {
          kind: 'failed',
          refusal: refuses(error.code),
          reason: { code: 'operation-failed', operation: row.kind, fault: error.code, detail: error.detail },
        };
  if (error) await update(world, row, { error_json: JSON.stringify(error) });
  await conclusion(world, row, planning, ending);
}

async function conclusion(world: World, row: OperationRow, { input }: Planning, ending: Ending): Promise<void> {
  await underLease(world, row, async (under, current) => {
    const server = await serverOf(under.writer, row.server_id);
    if (!server) return;
    const detail = ending.kind === 'failed' && ending.reason.code === 'operation-failed' ? ending.reason.detail : null;
    await endOperation(under, current, ending.kind, detail);
    const cause = { by: 'operation', who: row.requested_by, operation: row.kind } as const;
    const verdict = conclude(row.kind, input.from, server.intent, ending, sightingOf(server));
    if (verdict.kind === 'forgotten') {
      await under.writer.deleteFrom('servers').where('id', '=', server.id).execute();
      await under.append({ server, operationId: row.id, cause, happening: { kind: 'server-purged', dataRemoved: input.removeData } });
      return;
    }
    // A cancellation that leaves a server where it was has nothing to say about it.
    if (ending.kind === 'cancelled' && verdict.state === server.state) return;
    await transition(under, server, verdict.state, verdict.reason, cause, row.id);
  });
}
