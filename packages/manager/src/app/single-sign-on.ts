// Signing in by the identity provider: going there and coming back. Whom it names must be known here: by an invitation that they
// brought along, or since they tied it to their account themselves. A name alone ties nothing.

import { Fault } from '@mainstay/core/fault';
import type { AccountId } from '@mainstay/core/id';
import { accountName } from '@mainstay/wire/accounts';
import { hashOf } from '../random.ts';
import type { AccountRow } from '../sql/schema.ts';
import type { Writer } from '../sql/store.ts';
import type { Identity, Sso, SsoChecks } from '../sso.ts';
import type { World } from '../world.ts';
import { accountOf, insertAccount } from './accounts.ts';
import { issue, useUp } from './credentials.ts';
import type { Place } from './passkeys.ts';

/** Where the provider leads back to; it has to be told of this address. */
const redirectUri = ({ origin }: Place) => `${origin}/sign-in/sso`;

interface Journey extends SsoChecks {
  /** An invitation's code. */
  readonly invitation: string | null;
}

/**
 * Begins. @param accountId whose account it is to be tied to; null: it is to sign in
 * @returns where to go, and the state, which stays with the browser too
 */
export async function startSso(
  world: World,
  place: Place,
  accountId: AccountId | null,
  invitation: string | null,
): Promise<{ url: string; state: string }> {
  const sso = ssoOf(world);
  const journey: Journey = { ...sso.newChecks(), invitation };
  const name = world.vault.seal(JSON.stringify(journey), 'sso');
  const { secret: state } = await issue(world.store, { kind: 'sso', name, accountId }, world.clock.now());
  const url = await sso.addressFor(journey, state, redirectUri(place)).catch((error: unknown) => {
    world.log.warn({ error }, 'the identity provider cannot be asked');
    throw new Fault('sso-failed', `${sso.name} does not answer as an identity provider should. The manager’s log says why.`);
  });
  return { url, state };
}

/**
 * Comes back. @param begun the state as the browser kept it
 * @throws Fault `unauthenticated`, `sso-failed`
 */
export async function finishSso(world: World, place: Place, begun: string | undefined, query: string): Promise<AccountRow> {
  const sso = ssoOf(world);
  const cameTo = new URL(`${redirectUri(place)}?${query.replace(/^\?/, '')}`);
  const state = cameTo.searchParams.get('state');
  // Another browser's sign-on is not this one's: else somebody could be signed in as somebody else.
  if (state === null || begun !== state) throw new Fault('unauthenticated', 'This sign-on was not begun here. Begin it anew.');
  const { name, account_id } = await useUp(world.store.db, 'sso', state, world.clock.now());
  const journey: Journey = JSON.parse(world.vault.open(name, 'sso'));
  const identity = await sso.identify(journey, state, cameTo).catch((error: unknown) => {
    world.log.info({ error }, 'a sign-on did not succeed');
    throw new Fault('sso-failed', `${sso.name} did not sign you in.`);
  });
  return world.store.transact(async (writer) => {
    const known = await accountOfIdentity(writer, identity);
    if (known && (account_id === null || known.id === account_id)) return refuseDisabled(known);
    if (known) throw new Fault('name-taken', 'That sign-on belongs to another account here.');
    const account = account_id === null ? await invited(world, writer, identity, journey) : await accountOf(writer, account_id);
    await writer
      .insertInto('identities')
      .values({ issuer: identity.issuer, subject: identity.subject, account_id: account.id, created_at: world.clock.now() })
      .execute();
    return refuseDisabled(account);
  });
}

export async function removeIdentities(world: World, id: AccountId): Promise<void> {
  const { password_hash } = await accountOf(world.store.db, id);
  const passkeys = await world.store.db.selectFrom('passkeys').select('id').where('account_id', '=', id).execute();
  if (password_hash === null && passkeys.length === 0) {
    throw new Fault('not-allowed-in-state', 'It is the only way in that you have. Set a password or add a passkey first.');
  }
  await world.store.db.deleteFrom('identities').where('account_id', '=', id).execute();
}

function ssoOf({ sso }: World): Sso {
  if (sso === null) throw new Fault('not-found', 'There is no identity provider set here.');
  return sso;
}

async function accountOfIdentity(writer: Writer, { issuer, subject }: Identity): Promise<AccountRow | undefined> {
  return writer
    .selectFrom('identities')
    .innerJoin('accounts', 'accounts.id', 'identities.account_id')
    .selectAll('accounts')
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst();
}

/** The account that an invitation makes. */
async function invited(world: World, writer: Writer, identity: Identity, { invitation }: Journey): Promise<AccountRow> {
  if (invitation === null) {
    throw new Fault('unauthenticated', 'Nobody here is known by this sign-on. Ask an owner for an invitation, and open it first.');
  }
  const now = world.clock.now();
  const { grants_json, name: label } = await useUp(writer, 'invitation', invitation, now);
  // As the provider calls them, else as whoever invited them does.
  const asked = [identity.name ?? '', label].map((each) => accountName.safeParse(each)).find(({ success }) => success);
  const name = asked?.data ?? `person-${hashOf(identity.subject).slice(0, 8)}`;
  return insertAccount(writer, { name, grants: JSON.parse(grants_json ?? '[]'), passwordHash: null }, now);
}

function refuseDisabled(row: AccountRow): AccountRow {
  if (row.disabled === 0) return row;
  throw new Fault('unauthenticated', 'Nobody here is known by this sign-on. Ask an owner for an invitation, and open it first.');
}
