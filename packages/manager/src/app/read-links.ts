// What an invitation or a reset link is good for, told to whoever has it before they use it.

import type { Grant, Scope } from '@mainstay/core/access';
import type { OpenInvitation } from '@mainstay/wire/accounts';
import type { Reader } from '../sql/store.ts';
import type { World } from '../world.ts';
import { accountOf } from './accounts.ts';
import { unspent } from './credentials.ts';

/** @throws Fault `unauthenticated` when it was used or is too old */
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

/** @throws Fault `unauthenticated` when it was used or is too old */
export async function readResetLink({ store: { db }, clock }: World, code: string): Promise<{ name: string; expiresAt: number }> {
  const row = await unspent(db, 'reset', code, clock.now());
  return { name: row.name, expiresAt: row.expires_at ?? 0 };
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
