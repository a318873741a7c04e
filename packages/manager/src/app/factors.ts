// With what somebody proves who they are, and the second step of a sign-in where one is asked for.

import { Fault } from '@mainstay/core/fault';
import type { AccountId } from '@mainstay/core/id';
import type { Factors } from '@mainstay/wire/factors';
import { hashOf } from '../random.ts';
import type { AccountRow } from '../sql/schema.ts';
import type { World } from '../world.ts';
import { accountOf } from './accounts.ts';
import { endOpen, issue, revoke } from './credentials.ts';
import { removeTotp, useCode } from './totp.ts';

export async function factorsOf({ store: { db } }: World, id: AccountId): Promise<Factors> {
  const row = await accountOf(db, id);
  const passkeys = await db.selectFrom('passkeys').selectAll().where('account_id', '=', id).orderBy('created_at').execute();
  return {
    password: row.password_hash !== null,
    totp: row.totp_sealed !== null,
    sso: (await db.selectFrom('identities').select('subject').where('account_id', '=', id).execute()).length > 0,
    recoveryCodes: row.recovery_json === null ? 0 : (JSON.parse(row.recovery_json) as string[]).length,
    passkeys: passkeys.map((passkey) => ({
      id: passkey.id,
      name: passkey.name,
      createdAt: passkey.created_at,
      lastUsedAt: passkey.last_used_at,
    })),
  };
}

/**
 * An owner's help for somebody who lost their device, or whose account another had: the password alone is a way in again, and what
 * is open ends.
 * @throws Fault `not-found`
 */
export async function removeFactors(world: World, id: AccountId): Promise<void> {
  await world.store.transact(async (writer) => {
    await accountOf(writer, id);
    await removeTotp(writer, id);
    await writer.deleteFrom('passkeys').where('account_id', '=', id).execute();
    await writer.deleteFrom('identities').where('account_id', '=', id).execute();
    await endOpen(writer, id);
  });
  world.bus.publish({ topic: 'access' });
}

/** @throws Fault `second-factor`, with a ticket for the second step, where the account asks for one */
export async function refuseWithoutSecondFactor(world: World, row: AccountRow): Promise<AccountRow> {
  if (row.totp_sealed === null) return row;
  const { secret } = await issue(world.store, { kind: 'second-factor', name: row.name, accountId: row.id }, world.clock.now());
  throw new Fault('second-factor', 'Type the code that your authenticator app shows, or a recovery code.', { extra: { ticket: secret } });
}

/** @throws Fault `unauthenticated`, `rate-limited` */
export async function accountByCode(world: World, { ticket, code }: { ticket: string; code: string }): Promise<AccountRow> {
  const { db } = world.store;
  const found = await db
    .selectFrom('credentials')
    .selectAll()
    .where('hash', '=', hashOf(ticket))
    .where('kind', '=', 'second-factor')
    .where('expires_at', '>', world.clock.now())
    .executeTakeFirst();
  if (!found?.account_id) throw new Fault('unauthenticated', 'That took too long. Sign in with your name and password once more.');
  const good = world.attempts.begin('code', found.account_id);
  const row = await accountOf(db, found.account_id);
  if (row.disabled === 1 || !(await useCode(world, row, code)))
    throw new Fault('unauthenticated', 'This code is not right, or was used already.');
  // Whoever was shut out of their other sessions meanwhile is shut out of this one.
  if (!(await revoke(db, found.id))) throw new Fault('unauthenticated', 'Sign in with your name and password once more.');
  good();
  return row;
}
