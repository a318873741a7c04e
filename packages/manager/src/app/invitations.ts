// Invitations, and links by which a password is chosen anew: each is good once, and both end in a person who may sign in.

import type { Grant } from '@mainstay/core/access';
import { Fault } from '@mainstay/core/fault';
import type { CredentialId } from '@mainstay/core/id';
import type { Invitation } from '@mainstay/wire/accounts';
import type { AccountRow } from '../sql/schema.ts';
import type { Reader } from '../sql/store.ts';
import type { World } from '../world.ts';
import { assertScopes } from './access.ts';
import { accountOf, insertAccount } from './accounts.ts';
import { type Caller, endOpen, issue, lifetimesMs, unspent, useUp } from './credentials.ts';
import { hashPassword } from './passwords.ts';

export async function listInvitations(reader: Reader, now: number): Promise<Invitation[]> {
  const rows = await reader
    .selectFrom('credentials')
    .selectAll()
    .where('kind', '=', 'invitation')
    .where('expires_at', '>', now)
    .orderBy('created_at')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    label: row.name,
    grants: JSON.parse(row.grants_json ?? '[]'),
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? 0,
  }));
}

/** It is good as long as whoever makes it may invite. */
export async function invite(
  world: World,
  caller: Caller,
  { label, grants }: { readonly label: string; readonly grants: Grant[] },
): Promise<Invitation & { code: string }> {
  await assertScopes(world.store.db, grants);
  const now = world.clock.now();
  const madeBy = caller.bearer?.account?.id ?? null;
  const { id, secret, expiresAt } = await issue(world.store, { kind: 'invitation', name: label, grants, madeBy }, now);
  return { id, label, grants, createdAt: now, expiresAt: expiresAt ?? now + lifetimesMs.invitation, code: secret };
}

/** @throws Fault `not-found` */
export async function revokeInvitation({ store: { db } }: World, id: CredentialId): Promise<void> {
  const { numDeletedRows } = await db.deleteFrom('credentials').where('id', '=', id).where('kind', '=', 'invitation').executeTakeFirst();
  if (numDeletedRows === 0n) throw new Fault('not-found', 'There is no invitation with this id.');
}

/** @throws Fault `unauthenticated` when it was used or is too old; `name-taken`, and then it is still good */
export async function acceptInvitation(world: World, wanted: { code: string; name: string; password: string }): Promise<AccountRow> {
  await unspent(world.store.db, 'invitation', wanted.code, world.clock.now());
  const passwordHash = await hashPassword(wanted.password);
  return world.store.transact(async (writer) => {
    const now = world.clock.now();
    const { grants_json } = await useUp(writer, 'invitation', wanted.code, now);
    return insertAccount(writer, { name: wanted.name, grants: JSON.parse(grants_json ?? '[]'), passwordHash }, now);
  });
}

/** Everything that was open with the former password ends. @throws Fault `unauthenticated` */
export async function resetPassword(world: World, { code, password }: { code: string; password: string }): Promise<AccountRow> {
  await unspent(world.store.db, 'reset', code, world.clock.now());
  const password_hash = await hashPassword(password);
  const row = await world.store.transact(async (writer) => {
    const { account_id } = await useUp(writer, 'reset', code, world.clock.now());
    if (account_id === null) throw new Fault('internal', 'This reset link is nobody’s.');
    const { disabled } = await accountOf(writer, account_id);
    if (disabled === 1) throw new Fault('unauthenticated', 'This account is shut out. Ask an owner to let it in again.');
    await endOpen(writer, account_id);
    await writer.updateTable('accounts').set({ password_hash }).where('id', '=', account_id).execute();
    return accountOf(writer, account_id);
  });
  world.bus.publish({ topic: 'access' });
  return row;
}
