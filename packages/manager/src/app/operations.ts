// Operations as rows: opening one, waiting for its end, cancelling it. Carrying them out is `operations/runner.ts`.

import { type Access, ownerOfAll } from '@mainstay/core/access';
import { Fault } from '@mainstay/core/fault';
import type { AccountId, CredentialId, OperationId } from '@mainstay/core/id';
import type { Action, Intent, OperationKind, State } from '@mainstay/core/lifecycle';
import type { Operation } from '@mainstay/wire/operations';
import { newId } from '../random.ts';
import { cancellable, showOperation } from '../sql/rows.ts';
import type { OperationRow, ServerRow } from '../sql/schema.ts';
import type { Reader } from '../sql/store.ts';
import type { World } from '../world.ts';
import { type CopyOrder, sourceOf } from './copy-order.ts';
import { type Change, change } from './journal.ts';
import { refuseWhileLent, tellLent } from './lent-source.ts';

/** What an operation was asked with, and what it found. */
export interface OperationInput {
  readonly from: State;
  /** What had been asked for before: a cancellation asks for that again. */
  readonly intentBefore: Intent;
  /** create: whether to start it. rebuild: whether it ran. */
  readonly run: boolean;
  readonly allowEmptyData: boolean;
  readonly removeData: boolean;
  /** purge: whether an archive of the data is made first. */
  readonly archive: boolean;
  /** restore: what in the host's trash is its data; null: it is where it was. */
  readonly trashId: string | null;
  /** Whether the record's install script is run: where it has not been yet, or once more. */
  readonly install: 'no' | 'unless-done' | 'again';
  /** create, start: where its data comes from first. delete: what may have been begun of that goes. */
  readonly copy: CopyOrder | null;
}

/** Of what only some kinds are asked with. */
export const noInput = {
  run: false,
  allowEmptyData: false,
  removeData: false,
  archive: false,
  trashId: null,
  install: 'no',
  copy: null,
} as const satisfies Partial<OperationInput>;

/** A key by which a request that is sent twice is carried out once; the hash tells whether it is the same request. */
export interface Idempotency {
  readonly key: string;
  readonly hash: string;
}

/** Who asks, and how. */
export interface Asker {
  readonly name: string;
  readonly access: Access;
  /** By what they may be asked for again later; nulls: whoever has the manager's machine. */
  readonly who: { readonly accountId: AccountId | null; readonly tokenId: CredentialId | null };
  readonly idempotency: Idempotency | null;
}

/** Whose an Idempotency-Key is. */
export const askedBy = ({ who }: Pick<Asker, 'who'>): string => who.tokenId ?? who.accountId ?? 'machine';

/** The manager itself, by its own rules. */
export const itself = (name: string): Asker => ({
  name,
  access: { grants: ownerOfAll, within: null },
  who: { accountId: null, tokenId: null },
  idempotency: null,
});

/**
 * The operation that this very request opened before, if it did.
 * @throws Fault `idempotency-key-reused` when the key was used for another request
 */
export async function repeated(reader: Reader, asker: Asker): Promise<OperationRow | null> {
  if (asker.idempotency === null) return null;
  const row = await reader
    .selectFrom('operations')
    .selectAll()
    .where('asked_by', '=', askedBy(asker))
    .where('idempotency_key', '=', asker.idempotency.key)
    .executeTakeFirst();
  if (!row) return null;
  assertSameRequest(row, asker.idempotency);
  return row;
}

/** @throws Fault `idempotency-key-reused` when what the key was used for was another request */
export function assertSameRequest(row: { readonly idempotency_hash: string | null }, { hash }: Idempotency): void {
  if (row.idempotency_hash === hash) return;
  throw new Fault('idempotency-key-reused', 'This Idempotency-Key was used for another request. Use a new key for a new request.');
}

export async function openOperationOf(reader: Reader, server: Pick<ServerRow, 'id'>): Promise<OperationRow | undefined> {
  return reader.selectFrom('operations').selectAll().where('server_id', '=', server.id).where('ended_at', 'is', null).executeTakeFirst();
}

/** @throws Fault `operation-in-progress` with its id when another one is open on the server, or copies its data */
export async function refuseWhileBusy(
  reader: Reader,
  access: Access,
  server: Pick<ServerRow, 'id' | 'name'>,
  action: Action,
): Promise<void> {
  await refuseWhileLent(reader, access, server, action);
  const open = await openOperationOf(reader, server);
  if (!open) return;
  throw new Fault(
    'operation-in-progress',
    `A ${open.kind} of “${server.name}” is in progress, asked for by ${open.requested_by}. Wait for its end, or cancel it.`,
    {
      extra: { operationId: open.id },
    },
  );
}

/** Opens an operation; the driver will see to it. The caller has made sure that none is open. */
export async function openOperation(
  under: Change,
  server: Pick<ServerRow, 'id' | 'name' | 'agent_id'>,
  kind: OperationKind,
  input: OperationInput,
  asker: Asker,
): Promise<OperationRow> {
  const { writer, at, append } = under;
  const { copy } = input;
  // A copy is made by a creation or a start; a delete only does away with it.
  const source = copy && kind !== 'delete' ? await sourceOf(writer, copy) : null;
  const id = newId<OperationId>();
  const row = await writer
    .insertInto('operations')
    .values({
      id,
      server_id: server.id,
      server_name: server.name,
      agent_id: server.agent_id,
      kind,
      input_json: JSON.stringify(input),
      state: 'queued',
      phase: 'forward',
      step_index: 0,
      cancel_requested: 0,
      source_id: source?.id ?? null,
      source_rests: source && !copy?.live ? 1 : 0,
      requested_by: asker.name,
      asked_by: askedBy(asker),
      idempotency_key: asker.idempotency?.key ?? null,
      idempotency_hash: asker.idempotency?.hash ?? null,
      created_at: at,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await append({
    server,
    operationId: id,
    cause: { by: 'person', who: asker.name },
    happening: { kind: 'operation-requested', operation: kind },
  });
  if (source) await tellLent(under, source, row, false);
  return row;
}

/** Marks an open operation as ended and tells of it. */
export async function endOperation(
  { writer, at, append }: Change,
  row: OperationRow,
  outcome: 'succeeded' | 'failed' | 'cancelled',
  detail: string | null,
): Promise<void> {
  await writer
    .updateTable('operations')
    .set({ state: outcome, ended_at: at, waiting_for: null, lease_owner: null, lease_until: null })
    .where('id', '=', row.id)
    .execute();
  await append({
    server: { id: row.server_id, name: row.server_name, agent_id: row.agent_id },
    operationId: row.id,
    cause: {
      by: 'operation',
      who: outcome === 'cancelled' ? (row.cancelled_by ?? row.requested_by) : row.requested_by,
      operation: row.kind,
    },
    happening: { kind: 'operation-ended', operation: row.kind, outcome, detail },
  });
}

export async function getOperation(reader: Reader, id: OperationId): Promise<OperationRow> {
  const row = await reader.selectFrom('operations').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new Fault('not-found', 'There is no operation with this id.');
  return row;
}

/** Asks an open operation to stop. What it has done by then is undone where its kind can be. */
export async function cancelOperation(world: World, who: string, id: OperationId): Promise<Operation> {
  const row = await change(world, async ({ writer }) => {
    const found = await getOperation(writer, id);
    if (found.ended_at !== null) throw new Fault('not-cancellable', `It has ended already: ${found.state}.`);
    if (found.cancel_requested === 1) return found;
    if (!cancellable(found))
      throw new Fault('not-cancellable', `A ${found.kind} cannot be cancelled once it has begun; it will be done in a moment.`);
    return writer
      .updateTable('operations')
      .set({ cancel_requested: 1, cancelled_by: who })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
  });
  world.bus.publish({ topic: 'operations' });
  return showOperation(row);
}

/** Waits until the operation has ended, `signal` aborts, or `ms` are over; answers how it stands then. */
export async function waitForEnd(world: World, id: OperationId, ms: number, signal: AbortSignal): Promise<Operation> {
  const enough = AbortSignal.any([signal, AbortSignal.timeout(ms)]);
  for (;;) {
    const wake = new AbortController();
    const stopListening = world.bus.subscribe('ended', ({ operationId }) => operationId === id && wake.abort());
    try {
      const row = await getOperation(world.store.db, id);
      if (row.ended_at !== null || enough.aborted) return showOperation(row);
      // The round trip without a wake: a lost one costs time, never the answer.
      await world.clock.pause(1_000, AbortSignal.any([wake.signal, enough]));
    } finally {
      stopListening();
    }
  }
}
