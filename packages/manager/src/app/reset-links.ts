// Links by which somebody chooses a password anew: made by an owner or on the manager's machine, good once.

import { Fault } from '@mainstay/core/fault';
import type { AccountId } from '@mainstay/core/id';
import type { AccountRow } from '../sql/schema.ts';
import type { Store } from '../sql/store.ts';
import type { World } from '../world.ts';
import { accountOf } from './accounts.ts';
import { endOpen, type Issued, issue, unspent, useUp } from './credentials.ts';
import { hashPassword } from './passwords.ts';

/** One made before is good no more. */
export async function createResetLink(
  store: Store,
  { id, name }: Pick<AccountRow, 'id' | 'name'>,
  madeBy: AccountId | null,
  now: number,
): Promise<Issued> {
  await store.db.deleteFrom('credentials').where('account_id', '=', id).where('kind', '=', 'reset').execute();
  return issue(store, { kind: 'reset', name, accountId: id, madeBy }, now);
}

/** Whose it is, told before it is used. @throws Fault `unauthenticated` when it is good no more */
export async function readResetLink({ store: { db }, clock }: World, code: string): Promise<{ name: string; expiresAt: number }> {
  const row = await unspent(db, 'reset', code, clock.now());
  return { name: row.name, expiresAt: row.expires_at ?? 0 };
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
