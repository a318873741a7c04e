// Moving a server from one state to another: the one place that writes `state`, and the event that tells why.

import type { OperationId } from '@mainstay/core/id';
import type { State } from '@mainstay/core/lifecycle';
import type { Reason } from '@mainstay/core/reason';
import type { Cause } from '@mainstay/wire/events';
import type { ServerRow } from '../sql/schema.ts';
import type { Change } from './journal.ts';

/** Moves `row`'s server to `to`. In the same state, only the reason is written, and nothing is told. */
export async function transition(
  change: Change,
  row: ServerRow,
  to: State,
  reason: Reason | null,
  cause: Cause,
  operationId?: OperationId,
): Promise<void> {
  const moved = row.state !== to;
  await change.writer
    .updateTable('servers')
    .set({
      state: to,
      state_reason: reason === null ? null : JSON.stringify(reason),
      updated_at: change.at,
      ...(moved ? { state_since: change.at } : {}),
      ...(to === 'deleted'
        ? { deleted_at: row.deleted_at ?? change.at }
        : to === 'deleting'
          ? {}
          : { deleted_at: null, purge_told_at: null }),
    })
    .where('id', '=', row.id)
    .execute();
  if (moved && reason) {
    await change.append({
      server: row,
      cause,
      happening: { kind: 'server-state', from: row.state, to, reason },
      ...(operationId ? { operationId } : {}),
    });
  }
}
