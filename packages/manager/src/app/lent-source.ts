// The server that a clone copies from: held while its data is copied, so that nobody starts, rebuilds or purges it under the
// copying. It is given back by `release-source.ts`.

import { type Access, may } from '@mainstay/core/access';
import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';
import type { Action } from '@mainstay/core/lifecycle';
import type { OperationRow, ServerRow } from '../sql/schema.ts';
import type { Reader } from '../sql/store.ts';
import type { Change } from './journal.ts';

/** What the data of a server that is copied as it runs can bear; a copy of one that rests bears none. */
const borne: ReadonlySet<Action> = new Set(['start', 'stop', 'restart', 'configure']);

/** The operation that copies a server's data now. */
export async function copyingFrom(reader: Reader, serverId: ServerId): Promise<OperationRow | undefined> {
  return reader.selectFrom('operations').selectAll().where('source_id', '=', serverId).where('ended_at', 'is', null).executeTakeFirst();
}

/** @throws Fault `operation-in-progress`, where `action` would spoil a clone's copy; with the clone's operation, for who may see that */
export async function refuseWhileLent(
  reader: Reader,
  access: Access,
  server: Pick<ServerRow, 'id' | 'name'>,
  action: Action,
): Promise<void> {
  const copying = await copyingFrom(reader, server.id);
  if (!copying || (copying.source_rests === 0 && borne.has(action))) return;
  if (!may(access, 'see', { kind: 'server', serverId: copying.server_id, agentId: copying.agent_id })) {
    throw new Fault('operation-in-progress', `The data of “${server.name}” is being copied. Wait for its end.`);
  }
  throw new Fault(
    'operation-in-progress',
    `The data of “${server.name}” is being copied to “${copying.server_name}”, asked for by ${copying.requested_by}. Wait for its end, or cancel it.`,
    { extra: { operationId: copying.id } },
  );
}

/** Says that its data begins to be copied, or that this is over. */
export async function tellLent({ append }: Change, server: ServerRow, row: OperationRow, over: boolean): Promise<void> {
  await append({
    server,
    operationId: row.id,
    cause: { by: 'operation', who: row.requested_by, operation: row.kind },
    happening: { kind: 'server-lent', to: row.server_name, over, live: row.source_rests === 0 },
  });
}
