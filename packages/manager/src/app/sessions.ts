// Where somebody is signed in, and how that ends.

import { Fault } from '@mainstay/core/fault';
import type { AccountId, CredentialId } from '@mainstay/core/id';
import type { OwnSession } from '@mainstay/wire/accounts';
import type { World } from '../world.ts';
import { accountOf } from './accounts.ts';
import { endOpen, type Person } from './credentials.ts';

/** Signs somebody out everywhere. @throws Fault `not-found` */
export async function endSessions(world: World, id: AccountId): Promise<void> {
  await accountOf(world.store.db, id);
  await endOpen(world.store.db, id);
  world.bus.publish({ topic: 'access' });
}

export async function endOtherSessions(world: World, { bearer }: Person): Promise<void> {
  await endOpen(world.store.db, bearer.account.id, bearer.credentialId);
  world.bus.publish({ topic: 'access' });
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
