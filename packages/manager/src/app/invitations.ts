// Invitations: each is good once, for whoever has its link, and ends in a person who may sign in.

import type { Grant, Scope } from '@mainstay/core/access';
import { Fault } from '@mainstay/core/fault';
import type { CredentialId } from '@mainstay/core/id';
import type { Invitation, OpenInvitation } from '@mainstay/wire/accounts';
import type { AccountRow } from '../sql/schema.ts';
import type { Reader } from '../sql/store.ts';
import type { World } from '../world.ts';
import { assertScopes } from './access.ts';
import { accountOf, insertAccount } from './accounts.ts';
import { type Caller, issue, lifetimesMs, unspent, useUp } from './credentials.ts';
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

/** What it is good for, told to whoever has it before they use it. @throws Fault `unauthenticated` when it is good no more */
export async function readInvitation({ store: { db }, clock }: World, code: string): Promise<OpenInvitation> {
  const row = await unspent(db, 'invitation', code, clock.now());
  const grants: Grant[] = JSON.parse(row.grants_json ?? '[]');
  return {
    label: row.name,
    invitedBy: row.made_by === null ? null : (await accountOf(db, row.made_by)).name,
    offers: await Promise.all(grants.map(async ({ role, scope }) => ({ role, on: scope.kind, name: await nameOf(db, scope) }))),
    expiresAt: row.expires_at ?? 0,
  };
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

/** Null: it is none of a single thing’s, or that is gone. */
async function nameOf(db: Reader, scope: Scope): Promise<string | null> {
  if (scope.kind === 'everything') return null;
  const row =
    scope.kind === 'host'
      ? await db.selectFrom('agents').select('name').where('id', '=', scope.agentId).executeTakeFirst()
      : await db.selectFrom('servers').select('name').where('id', '=', scope.serverId).executeTakeFirst();
  return row?.name ?? null;
}
