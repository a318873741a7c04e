// How an operation ends: forward, by way of its undoing, or given up; and where the server stands then.

import { type Fault, refuses } from '@mainstay/core/fault';
import { conclude, type Ending } from '@mainstay/core/settle';
import { endOperation } from '../app/operations.ts';
import { releaseSource } from '../app/release-source.ts';
import { transition } from '../app/transition.ts';
import { sightingOf } from '../sql/rows.ts';
import type { OperationRow } from '../sql/schema.ts';
import type { World } from '../world.ts';
import { type Standing, serverOf, underLease, update } from './lease.ts';
import { canUndo, type Planning } from './plan.ts';

/** A step failed for good: undo what can be undone, else end. */
export async function fail(world: World, standing: Standing, fault: Fault): Promise<void> {
  const { row, planning } = standing;
  const error = { code: fault.code, detail: fault.detail };
  if (row.phase === 'undo') {
    // An undoing that fails leaves what it found; the first error stays the one that is told, and the rest is still tried.
    await update(world, row, { step_index: row.step_index + 1 });
    return;
  }
  if (canUndo(row.kind, planning) && row.step_index > 0) {
    await update(world, row, { phase: 'undo', step_index: 0, error_json: JSON.stringify(error) });
    return;
  }
  await end(world, standing, error);
}

export async function cancel(world: World, standing: Standing): Promise<void> {
  const { row, planning } = standing;
  if (canUndo(row.kind, planning) && row.step_index > 0) await update(world, row, { phase: 'undo', step_index: 0 });
  else await end(world, standing, null);
}

/** All steps of the phase are done. */
export async function finish(world: World, standing: Standing): Promise<void> {
  const { row } = standing;
  if (row.phase === 'forward') await conclusion(world, row, standing.planning, { kind: 'succeeded' });
  else await end(world, standing, row.error_json === null ? null : JSON.parse(row.error_json));
}

/** Ends it in an error, or (null) as cancelled. */
export async function end(world: World, { row, planning }: Standing, error: { code: Fault['code']; detail: string } | null): Promise<void> {
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

export async function conclusion(world: World, row: OperationRow, { input }: Planning, ending: Ending): Promise<void> {
  await underLease(world, row, async (under, current) => {
    const server = await serverOf(under.writer, row.server_id);
    if (!server) return;
    const detail = ending.kind === 'failed' && ending.reason.code === 'operation-failed' ? ending.reason.detail : null;
    await releaseSource(under, current);
    await endOperation(under, current, ending.kind, detail);
    const cause = { by: 'operation', who: row.requested_by, operation: row.kind } as const;
    const verdict = conclude(row.kind, input.from, server.intent, ending, sightingOf(server));
    if (verdict.kind === 'forgotten') {
      await under.writer.deleteFrom('servers').where('id', '=', server.id).execute();
      await under.append({ server, operationId: row.id, cause, happening: { kind: 'server-purged', dataRemoved: input.removeData } });
      return;
    }
    if (ending.kind === 'cancelled') {
      await under.writer.updateTable('servers').set({ intent: input.intentBefore }).where('id', '=', server.id).execute();
    }
    // A cancellation that leaves a server where it was has nothing to say about it.
    if (ending.kind === 'cancelled' && verdict.state === server.state) return;
    await transition(under, server, verdict.state, verdict.reason, cause, row.id);
  });
}
