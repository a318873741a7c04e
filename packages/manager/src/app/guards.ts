// What must hold before a server's record is touched.

import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';
import { type Action, permission } from '@mainstay/core/lifecycle';
import type { ReadyLine } from '@mainstay/core/server';
import { notRe2, patternOf } from '@mainstay/wire/pattern';
import type { ServerRow } from '../sql/schema.ts';
import type { Reader } from '../sql/store.ts';
import { fieldFault } from './field-faults.ts';

/**
 * The server, if `action` is allowed on it as it stands.
 * @throws Fault `not-found`, `not-allowed-in-state` with the table's own reason
 */
export async function permitted(reader: Reader, id: ServerId, action: Action): Promise<ServerRow> {
  const server = await readableServer(reader, id);
  const answer = permission(server.state, action);
  if (answer !== 'yes') throw new Fault('not-allowed-in-state', answer.no, { extra: { state: server.state, action } });
  return server;
}

/** @throws Fault `not-found` */
export async function readableServer(reader: Reader, id: ServerId): Promise<ServerRow> {
  const server = await reader.selectFrom('servers').selectAll().where('id', '=', id).executeTakeFirst();
  if (!server) throw new Fault('not-found', 'There is no server with this id.');
  return server;
}

/** The shape of a record cannot ask RE2. @throws Fault `invalid-request` when no log line could ever be found by it */
export function refuseBadReady(ready: ReadyLine | null | undefined): void {
  if (!ready?.regex || patternOf(ready.line) !== null) return;
  throw fieldFault('invalid-request', ['ready', 'line'], notRe2);
}

/** @param own the server that is to be called so, when there is one: what it holds itself it may have again */
export async function refuseTakenName(reader: Reader, name: string, own: ServerId | null = null): Promise<void> {
  const holder = await reader
    .selectFrom('servers')
    .select(['id', 'state'])
    .where((where) => where.or([where('name', '=', name), where('container_name', '=', name)]))
    .$if(own !== null, (find) => find.where('id', '!=', own as ServerId))
    .executeTakeFirst();
  if (!holder) return;
  const kept = holder.state === 'deleted' ? ' It is deleted but kept: restore it, or purge it to free the name.' : '';
  throw new Fault('name-taken', `The name “${name}” belongs to another server.${kept}`, {
    extra: { errors: [{ path: '/name', message: `“${name}” is taken.${kept}` }] },
  });
}
