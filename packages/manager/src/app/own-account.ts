// What is somebody's own: their password, and the sessions that they have open.

import { Fault } from '@mainstay/core/fault';
import type { CredentialId } from '@mainstay/core/id';
import type { OwnSession } from '@mainstay/wire/accounts';
import type { World } from '../world.ts';
import { accountOf } from './accounts.ts';
import type { Person } from './credentials.ts';
import { hashPassword, isPassword } from './passwords.ts';

/** Other sessions end with the former password. @throws Fault `invalid-request` when that is not it; `rate-limited` */
export async function changePassword(world: World, { bearer }: Person, wanted: { current: string; password: string }): Promise<void> {
  const { id, name } = bearer.account;
  const good = world.attempts.begin('account', name);
  const { password_hash } = await accountOf(world.store.db, id);
  // Whoever came without one has nothing to prove but the session.
  if (password_hash !== null && !(await isPassword(password_hash, wanted.current))) {
    const message = 'This is not your present password.';
    throw new Fault('invalid-request', message, { extra: { errors: [{ path: '/current', message }] } });
  }
  good();
  await world.store.db
    .updateTable('accounts')
    .set({ password_hash: await hashPassword(wanted.password) })
    .where('id', '=', id)
    .execute();
  await endOtherSessions(world, { bearer });
}

export async function listSessions({ store: { db } }: World, { bearer }: Person): Promise<OwnSession[]> {
  const rows = await db
    .selectFrom('credentials')
    .selectAll()
    .where('account_id', '=', bearer.account.id)
    .where('kind', '=', 'session')
    .orderBy('created_at', 'desc')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    current: row.id === bearer.credentialId,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    address: row.address,
    userAgent: row.user_agent,
  }));
}

/** @throws Fault `not-found` */
export async function endSession(world: World, { bearer }: Person, id: CredentialId): Promise<void> {
  const { numDeletedRows } = await world.store.db
    .deleteFrom('credentials')
    .where('id', '=', id)
    .where('account_id', '=', bearer.account.id)
    .where('kind', '=', 'session')
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw new Fault('not-found', 'There is no session with this id.');
  world.bus.publish({ topic: 'access' });
}

export async function endOtherSessions(world: World, { bearer }: Person): Promise<void> {
  await world.store.db
    .deleteFrom('credentials')
    .where('account_id', '=', bearer.account.id)
    .where('kind', '=', 'session')
    .where('id', '!=', bearer.credentialId)
    .execute();
  world.bus.publish({ topic: 'access' });
}
