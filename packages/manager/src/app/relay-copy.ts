// Between the host that copies and the host that has the data: what the one asks for an operation of its own is asked of the
// other. Which server that is, the operation says; the host that copies never names one.

import { Fault } from '@mainstay/core/fault';
import type { AgentId, OperationId } from '@mainstay/core/id';
import type { CopyAnswer, CopyQuestion } from '@mainstay/wire/copies';
import type { World } from '../world.ts';
import { sourceOf } from './copy-order.ts';
import type { OperationInput } from './operations.ts';

/** @throws Fault `not-found` when it copies nothing there now; `data-missing` when the source is gone; else the other host's */
export async function relayCopy(
  world: World,
  agentId: AgentId,
  operationId: OperationId,
  question: CopyQuestion,
  signal: AbortSignal,
): Promise<CopyAnswer> {
  const { db } = world.store;
  const row = await db
    .selectFrom('operations')
    .select(['input_json', 'source_id'])
    .where('id', '=', operationId)
    .where('agent_id', '=', agentId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  const { copy }: Partial<OperationInput> = row ? JSON.parse(row.input_json) : {};
  if (!row?.source_id || !copy) throw new Fault('not-found', 'This operation copies nothing any more.');
  const source = await sourceOf(db, copy);
  return world.fleet.ask(source.agent_id, 'server.lend', { serverId: source.id, question }, { signal });
}
