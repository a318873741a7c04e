// What lets somebody in: API tokens, sessions, links and tokens that are good once. Only hashes are kept; what is one-time is
// deleted by the very statement that uses it, so that of two that race one gets in. What a credential lets do is asked of the
// store each time, so that a change of it holds from the next request on.

import { type Access, type Grant, may, noAccess, type Right } from '@mainstay/core/access';
import { Fault } from '@mainstay/core/fault';
import type { AccountId, CredentialId } from '@mainstay/core/id';
import type { Clock } from '../clock.ts';
import { hashOf, newId, newSecret } from '../random.ts';
import type { CredentialRow, CredentialTable } from '../sql/schema.ts';
import type { Reader, Store } from '../sql/store.ts';

type Kind = CredentialTable['kind'];

const minuteMs = 60 * 1000;
const dayMs = 24 * 60 * minuteMs;

/** How long each kind is good; null: until it is taken back. */
export const lifetimesMs = {
  token: null,
  session: 30 * dayMs,
  'sign-in': 15 * minuteMs,
  join: 15 * minuteMs,
  invitation: 7 * dayMs,
  reset: dayMs,
  challenge: 5 * minuteMs,
  'second-factor': 5 * minuteMs,
  sso: 10 * minuteMs,
} as const satisfies Record<Kind, number | null>;

/** What people call those that are good once. */
const onceWords = {
  'sign-in': 'sign-in link',
  join: 'join token',
  invitation: 'invitation',
  reset: 'reset link',
  challenge: 'challenge',
  sso: 'sign-on',
} as const;
export type OnceKind = keyof typeof onceWords;

/** What lets somebody else in is good only as long as whoever made it may make one. */
const makerNeeds: Partial<Record<OnceKind, Right>> = { invitation: 'accounts', reset: 'accounts', join: 'hosts' };

/** How exactly the last use of a token is noted: not every request is worth a write. */
const usedEveryMs = minuteMs;

export interface Issued {
  readonly id: CredentialId;
  /** Shown once; only its hash is kept. */
  readonly secret: string;
  readonly expiresAt: number | null;
}

export interface Wanted {
  readonly kind: Kind;
  /** Who or what it stands for. */
  readonly name: string;
  /** Whose it is; left out: whoever has the manager's machine. */
  readonly accountId?: AccountId | null;
  /** Who made it for somebody else; left out: whoever has the manager's machine. */
  readonly madeBy?: AccountId | null;
  /** What it lets do; left out: what its account may. */
  readonly grants?: readonly Grant[];
  /** Left out: as long as its kind is. */
  readonly expiresAt?: number | null;
  readonly address?: string;
  readonly userAgent?: string;
}

export async function issue(store: { readonly db: Reader }, wanted: Wanted, now: number): Promise<Issued> {
  const secret = newSecret();
  const id = newId<CredentialId>();
  const lifetime = lifetimesMs[wanted.kind];
  const expiresAt = wanted.expiresAt === undefined ? lifetime && now + lifetime : wanted.expiresAt;
  await store.db.deleteFrom('credentials').where('expires_at', '<', now).execute();
  await store.db
    .insertInto('credentials')
    .values({
      id,
      hash: hashOf(secret),
      kind: wanted.kind,
      name: wanted.name,
      account_id: wanted.accountId ?? null,
      made_by: wanted.madeBy ?? null,
      grants_json: wanted.grants ? JSON.stringify(wanted.grants) : null,
      created_at: now,
      expires_at: expiresAt,
      address: wanted.address ?? null,
      user_agent: wanted.userAgent?.slice(0, 300) ?? null,
    })
    .execute();
  return { id, secret, expiresAt };
}

/** Somebody who was let in. */
export interface Bearer {
  readonly credentialId: CredentialId;
  readonly kind: 'token' | 'session';
  readonly hash: string;
  readonly name: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  /** Null: whoever has the manager's machine. */
  readonly account: { readonly id: AccountId; readonly name: string } | null;
  readonly access: Access;
}

/** Who asks. */
export interface Caller {
  /** The empty name: nobody said who it is. */
  readonly name: string;
  readonly access: Access;
  /** Who was let in; null: nobody needed to be. */
  readonly bearer: Bearer | null;
}

/** A person with a session. */
export interface Person {
  readonly bearer: Bearer & { readonly account: NonNullable<Bearer['account']> };
}

/** @throws Fault `forbidden` for a token, and for who signed in by a link of the manager's machine */
export function personOf({ bearer }: Caller): Person {
  if (bearer?.kind === 'session' && bearer.account) return { bearer: { ...bearer, account: bearer.account } };
  throw new Fault('forbidden', 'This is a person’s own: sign in on the page with your name and password.');
}

/** Changing with what one signs in takes more than a browser that was left open. */
const recentMs = 15 * minuteMs;

/** @throws Fault `sign-in-again` unless they signed in a short while ago */
export function recently(clock: Pick<Clock, 'now'>, { bearer }: Person): Person {
  if (clock.now() - bearer.createdAt <= recentMs) return { bearer };
  throw new Fault('sign-in-again', 'This changes how you sign in. Sign out and in again first, then do it within 15 minutes.');
}

/** Who a token or a session stands for as things are now, by the hash of its secret; null: it lets nobody in. */
export async function bearer(store: Store, kind: Bearer['kind'], hash: string, now: number): Promise<Bearer | null> {
  const row = await store.db
    .selectFrom('credentials')
    .leftJoin('accounts', 'accounts.id', 'credentials.account_id')
    .selectAll('credentials')
    .select(['accounts.name as account_name', 'accounts.grants_json as account_grants', 'accounts.disabled'])
    .where('hash', '=', hash)
    .where('kind', '=', kind)
    .executeTakeFirst();
  if (!row || !isGood(row, now) || row.disabled === 1) return null;
  if (now - (row.last_used_at ?? 0) > usedEveryMs) {
    await store.db.updateTable('credentials').set({ last_used_at: now }).where('hash', '=', hash).execute();
  }
  return {
    credentialId: row.id,
    kind,
    hash,
    name: kind === 'session' ? (row.account_name ?? row.name) : row.name,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    account: row.account_id === null ? null : { id: row.account_id, name: row.account_name ?? '' },
    access: accessOf(row.grants_json, row.account_grants),
  };
}

/** @param own what the credential lets do; null: what its account may */
function accessOf(own: string | null, account: string | null): Access {
  const within: Grant[] | null = account === null ? null : JSON.parse(account);
  if (own === null) return { grants: within ?? [], within: null };
  return { grants: JSON.parse(own), within };
}

/** What somebody may do now who asked for something before, of which the rest is still to come. */
export async function accessNow(
  reader: Reader,
  { accountId, tokenId }: { accountId: AccountId | null; tokenId: CredentialId | null },
  otherwise: Access,
): Promise<Access> {
  const account =
    accountId === null ? null : await reader.selectFrom('accounts').selectAll().where('id', '=', accountId).executeTakeFirst();
  const token = tokenId === null ? null : await reader.selectFrom('credentials').selectAll().where('id', '=', tokenId).executeTakeFirst();
  if (account === undefined || token === undefined || account?.disabled === 1) return noAccess;
  return account === null && token === null ? otherwise : accessOf(token?.grants_json ?? null, account?.grants_json ?? null);
}

function isGood(row: Pick<CredentialRow, 'expires_at'>, now: number): boolean {
  return row.expires_at === null || row.expires_at > now;
}

/**
 * Uses up a one-time secret.
 * @throws Fault `unauthenticated` when it is unknown, used, too old, or of somebody who may not make one any more
 */
export async function useUp(db: Reader, kind: OnceKind, secret: string, now: number): Promise<CredentialRow> {
  const row = await db
    .deleteFrom('credentials')
    .where('hash', '=', hashOf(secret))
    .where('kind', '=', kind)
    .returningAll()
    .executeTakeFirst();
  return stillGood(db, kind, row, now);
}

/** The same without using it up: what is refused anyhow is refused before somebody puts work into it. */
export async function unspent(db: Reader, kind: OnceKind, secret: string, now: number): Promise<CredentialRow> {
  const row = await db.selectFrom('credentials').selectAll().where('hash', '=', hashOf(secret)).where('kind', '=', kind).executeTakeFirst();
  return stillGood(db, kind, row, now);
}

async function stillGood(db: Reader, kind: OnceKind, row: CredentialRow | undefined, now: number): Promise<CredentialRow> {
  const word = onceWords[kind];
  if (!row || !isGood(row, now)) {
    throw new Fault(
      'unauthenticated',
      `This ${word} was used already, or is too old: it is good once, for ${spanWords(lifetimesMs[kind])}. Ask for a new one.`,
    );
  }
  const right = makerNeeds[kind];
  if (right === undefined || row.made_by === null) return row;
  const maker = await accessNow(db, { accountId: row.made_by, tokenId: null }, noAccess);
  if (may(maker, right, { kind: 'installation' })) return row;
  throw new Fault('unauthenticated', `Whoever made this ${word} may not make one any more. Ask for a new one.`);
}

function spanWords(ms: number): string {
  if (ms < dayMs) return `${ms / minuteMs} minutes`;
  return ms === dayMs ? 'a day' : `${ms / dayMs} days`;
}

/** Takes a credential back. @returns whether there was one */
export async function revoke(db: Pick<Reader, 'deleteFrom'>, id: CredentialId): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('credentials').where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** What lets in, or would one step later. Tokens are programs': each is revoked by itself. */
const openKinds = ['session', 'second-factor', 'challenge', 'sso'] as const;

/** Ends all that somebody has open, sign-ins of which a step is still to come among it. @param but a session that goes on */
export async function endOpen(db: Pick<Reader, 'deleteFrom'>, id: AccountId, but: CredentialId | null = null): Promise<void> {
  await db
    .deleteFrom('credentials')
    .where('account_id', '=', id)
    .where('kind', 'in', openKinds)
    .$if(but !== null, (find) => find.where('id', '!=', but ?? ('' as CredentialId)))
    .execute();
}
