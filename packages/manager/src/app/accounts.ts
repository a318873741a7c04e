// People and what they may do. There is always somebody who may change that: the last owner stays one.

import { type Grant, ownerOfAll } from '@mainstay/core/access';
import { Fault } from '@mainstay/core/fault';
import type { AccountId } from '@mainstay/core/id';
import type { Account } from '@mainstay/wire/accounts';
import { newId } from '../random.ts';
import type { AccountRow } from '../sql/schema.ts';
import type { Reader, Writer } from '../sql/store.ts';
import type { World } from '../world.ts';
import { assertScopes } from './access.ts';
import { endOpen } from './credentials.ts';
import { hashPassword } from './passwords.ts';

export async function listAccounts(reader: Reader): Promise<Account[]> {
  return (await reader.selectFrom('accounts').selectAll().orderBy('name').execute()).map(showAccount);
}

export function showAccount(row: AccountRow): Account {
  return {
    id: row.id,
    name: row.name,
    grants: JSON.parse(row.grants_json),
    disabled: row.disabled === 1,
    createdAt: row.created_at,
    lastSignedInAt: row.last_signed_in_at,
  };
}

export async function nobodyHasAccount(reader: Reader): Promise<boolean> {
  return (await reader.selectFrom('accounts').select('id').limit(1).executeTakeFirst()) === undefined;
}

/** @throws Fault `name-taken` */
export async function insertAccount(
  writer: Writer,
  wanted: { readonly name: string; readonly grants: readonly Grant[]; readonly passwordHash: string | null },
  now: number,
): Promise<AccountRow> {
  const { name } = wanted;
  const taken = await writer.selectFrom('accounts').select('id').where('name', '=', name).executeTakeFirst();
  if (taken) {
    const message = `Somebody is called “${name}” already.`;
    throw new Fault('name-taken', message, { extra: { errors: [{ path: '/name', message }] } });
  }
  return writer
    .insertInto('accounts')
    .values({
      id: newId<AccountId>(),
      name,
      grants_json: JSON.stringify(wanted.grants),
      password_hash: wanted.passwordHash,
      disabled: 0,
      created_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The first account, made by who has the manager's machine: what was open by a link of it ends. */
export async function makeOwner(world: World, { name, password }: { name: string; password: string }): Promise<AccountRow> {
  const passwordHash = await hashPassword(password);
  return world.store.transact(async (writer) => {
    if (!(await nobodyHasAccount(writer))) {
      throw new Fault('not-allowed-in-state', 'There are accounts already. An owner invites more people.');
    }
    await writer.deleteFrom('credentials').where('kind', '=', 'session').where('account_id', 'is', null).execute();
    return insertAccount(writer, { name, grants: ownerOfAll, passwordHash }, world.clock.now());
  });
}

/** @throws Fault `not-found`, `last-owner`, `invalid-request` for a host or server that there is not */
export async function changeAccount(
  world: World,
  id: AccountId,
  wanted: { readonly grants?: readonly Grant[] | undefined; readonly disabled?: boolean | undefined },
): Promise<Account> {
  const row = await world.store.transact(async (writer) => {
    const before = await accountOf(writer, id);
    if (wanted.grants) await assertScopes(writer, wanted.grants);
    const after = await writer
      .updateTable('accounts')
      .set({
        grants_json: wanted.grants ? JSON.stringify(wanted.grants) : before.grants_json,
        disabled: wanted.disabled === undefined ? before.disabled : Number(wanted.disabled),
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    if (wanted.disabled) await endOpen(writer, id);
    await refuseNoOwner(writer, before);
    return after;
  });
  world.bus.publish({ topic: 'access' });
  return showAccount(row);
}

/** Their sessions and tokens go with them. @throws Fault `not-found`, `last-owner` */
export async function removeAccount(world: World, id: AccountId): Promise<void> {
  await world.store.transact(async (writer) => {
    const before = await accountOf(writer, id);
    await writer.deleteFrom('accounts').where('id', '=', id).execute();
    await refuseNoOwner(writer, before);
  });
  world.bus.publish({ topic: 'access' });
}

/** @throws Fault `not-found` */
export async function accountOf(reader: Reader, id: AccountId): Promise<AccountRow> {
  const row = await reader.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new Fault('not-found', 'There is no account with this id.');
  return row;
}

/** @param before as it was: whoever was no owner can be changed at will */
async function refuseNoOwner(writer: Writer, before: AccountRow): Promise<void> {
  if (!isOwner(before)) return;
  const accounts = await writer.selectFrom('accounts').selectAll().execute();
  if (accounts.some(isOwner)) return;
  throw new Fault('last-owner', `“${before.name}” is the last owner. Make somebody else owner first.`);
}

function isOwner({ disabled, grants_json }: AccountRow): boolean {
  const grants: Grant[] = JSON.parse(grants_json);
  return disabled === 0 && grants.some(({ role }) => role === 'owner');
}
