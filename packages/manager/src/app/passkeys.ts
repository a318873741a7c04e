// Passkeys (WebAuthn): the device proves that it holds the key and that its person is there, so that one is enough to sign in. The
// challenge is a credential like others that are good once.

import { Fault } from '@mainstay/core/fault';
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { AccountRow } from '../sql/schema.ts';
import type { World } from '../world.ts';
import { accountOf } from './accounts.ts';
import { issue, type Person, useUp } from './credentials.ts';

/** Where the page is: a passkey belongs to its host name, and is used from there alone. */
export interface Place {
  readonly origin: string;
  readonly host: string;
}

export async function registrationOptions(world: World, { bearer: { account } }: Person, { host }: Place) {
  const known = await world.store.db.selectFrom('passkeys').select('id').where('account_id', '=', account.id).execute();
  return generateRegistrationOptions({
    rpName: 'Mainstay',
    rpID: host,
    userID: Buffer.from(account.id),
    userName: account.name,
    challenge: await challenge(world, account.id),
    attestationType: 'none',
    excludeCredentials: known,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
}

export async function addPasskey(world: World, { bearer: { account } }: Person, place: Place, wanted: { name: string; response: object }) {
  const { registrationInfo } = await verified(
    verifyRegistrationResponse({
      response: wanted.response as RegistrationResponseJSON,
      expectedChallenge: async (given) => (await spent(world, given)) === account.id,
      expectedOrigin: place.origin,
      expectedRPID: place.host,
    }),
  );
  if (!registrationInfo) throw unknown();
  const { id, publicKey, counter } = registrationInfo.credential;
  const { numInsertedOrUpdatedRows } = await world.store.db
    .insertInto('passkeys')
    .values({
      id,
      account_id: account.id,
      name: wanted.name,
      public_key: Buffer.from(publicKey).toString('base64url'),
      counter,
      created_at: world.clock.now(),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirstOrThrow();
  // Whose it is, is nothing to tell: anybody can claim to have made a key with this id.
  if (numInsertedOrUpdatedRows === 0n) throw new Fault('name-taken', 'This passkey was added already.');
}

/** @throws Fault `not-found` */
export async function removePasskey(world: World, { bearer: { account } }: Person, id: string): Promise<void> {
  const { numDeletedRows } = await world.store.db
    .deleteFrom('passkeys')
    .where('id', '=', id)
    .where('account_id', '=', account.id)
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw new Fault('not-found', 'There is no passkey with this id.');
}

/** The device itself knows whose keys it holds: nobody has to say a name. */
export async function authenticationOptions(world: World, { host }: Place) {
  return generateAuthenticationOptions({ rpID: host, challenge: await challenge(world, null), userVerification: 'required' });
}

/** @throws Fault `unauthenticated` */
export async function accountByPasskey(world: World, place: Place, response: { readonly id: string }): Promise<AccountRow> {
  const { db } = world.store;
  const passkey = await db.selectFrom('passkeys').selectAll().where('id', '=', response.id).executeTakeFirst();
  if (!passkey) throw unknown();
  const { authenticationInfo } = await verified(
    verifyAuthenticationResponse({
      response: response as AuthenticationResponseJSON,
      expectedChallenge: async (given) => (await spent(world, given)) === null,
      expectedOrigin: place.origin,
      expectedRPID: place.host,
      credential: { id: passkey.id, publicKey: Buffer.from(passkey.public_key, 'base64url'), counter: passkey.counter },
    }),
  );
  const account = await accountOf(db, passkey.account_id);
  if (account.disabled === 1) throw unknown();
  await db
    .updateTable('passkeys')
    .set({ counter: authenticationInfo.newCounter, last_used_at: world.clock.now() })
    .where('id', '=', passkey.id)
    .execute();
  return account;
}

async function challenge(world: World, accountId: AccountRow['id'] | null) {
  const { secret } = await issue(world.store, { kind: 'challenge', name: 'passkey', accountId }, world.clock.now());
  return Buffer.from(secret, 'base64url');
}

/** Whose the challenge was; undefined: there was none. */
async function spent(world: World, given: string): Promise<AccountRow['id'] | null | undefined> {
  return useUp(world.store.db, 'challenge', given, world.clock.now()).then(
    ({ account_id }) => account_id,
    () => undefined,
  );
}

/** What the library says of a response that is not as it should be, is nothing to tell a stranger. */
async function verified<T extends { readonly verified: boolean }>(verification: Promise<T>): Promise<T> {
  const result = await verification.catch(() => null);
  if (!result?.verified) throw unknown();
  return result;
}

function unknown(): Fault {
  return new Fault('unauthenticated', 'This passkey does not sign in here. Use another one, or your password.');
}
