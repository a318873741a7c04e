// Writing: every change of the record is one transaction with the events that tell of it, and open pages hear of it
// once it is committed.

import type { AgentId, OperationId, ServerId } from '@mainstay/core/id';
import type { Cause, Happening } from '@mainstay/wire/events';
import type { Writer } from '../sql/store.ts';
import type { World } from '../world.ts';

export interface Entry {
  readonly server?: { readonly id: ServerId; readonly name: string; readonly agent_id: AgentId };
  readonly agentId?: AgentId;
  readonly operationId?: OperationId;
  readonly cause: Cause;
  readonly happening: Happening;
}

/** A change under way: the transaction, the time it counts as, and where its events go. */
export interface Change {
  readonly writer: Writer;
  readonly at: number;
  append(entry: Entry): Promise<void>;
}

/** Runs `work` in one transaction; afterwards wakes whom it concerns: the event streams, who waits for an operation's end. */
export async function change<T>(world: World, work: (change: Change) => Promise<T>): Promise<T> {
  let appended = false;
  const ended: OperationId[] = [];
  const result = await world.store.transact((writer) => {
    const at = world.clock.now();
    return work({
      writer,
      at,
      append: async (entry) => {
        appended = true;
        if (entry.happening.kind === 'operation-ended' && entry.operationId) ended.push(entry.operationId);
        await writer
          .insertInto('events')
          .values({
            at,
            server_id: entry.server?.id ?? null,
            server_name: entry.server?.name ?? null,
            agent_id: entry.agentId ?? entry.server?.agent_id ?? null,
            operation_id: entry.operationId ?? null,
            cause_json: JSON.stringify(entry.cause),
            happening_json: JSON.stringify(entry.happening),
          })
          .execute();
      },
    });
  });
  if (appended) world.bus.publish({ topic: 'events' });
  for (const operationId of ended) world.bus.publish({ topic: 'ended', operationId });
  return result;
}
