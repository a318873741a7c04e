// What lets somebody in: API tokens, sessions, one-time sign-in links, join tokens. Only hashes are kept; what is
// one-time is deleted by the very statement that uses it, so that of two that race one gets in.

import { Fault } from '@mainstay/core/fault';
import { hashOf, newSecret } from '../random.ts';
import type { CredentialTable } from '../sql/schema.ts';
import type { Store } from '../sql/store.ts';

type Kind = CredentialTable['kind'];

/** How long each kind is good; null: until it is taken back. */
export const lifetimesMs = {
  token: null,
  session: 30 * 24 * 60 * 60 * 1000,
  'sign-in': 15 * 60 * 1000,
  join: 15 * 60 * 1000,
} as const satisfies Record<Kind, number | null>;

export interface Issued {
  /** Shown once; only its hash is kept. */
  readonly secret: string;
  readonly expiresAt: number | null;
}

/** Makes a credential. `name`: who or what it stands for. */
export async function issue(store: Store, kind: Kind, name: string, now: number): Promise<Issued> {
  const secret = newSecret();
  const lifetime = lifetimesMs[kind];
  const expiresAt = lifetime === null ? null : now + lifetime;
  await store.db.deleteFrom('credentials').where('expires_at', '<', now).execute();
  await store.db
    .insertInto('credentials')
    .values({ hash: hashOf(secret), kind, name, created_at: now, expires_at: expiresAt })
    .execute();
  return { secret, expiresAt };
}

/** Who a secret of this kind stands for, or null. */
export async function bearer(
  store: Store,
  kind: Kind,
  secret: string,
  now: number,
): Promise<{ name: string; expiresAt: number | null } | null> {
  const row = await store.db
    .selectFrom('credentials')
    .selectAll()
    .where('hash', '=', hashOf(secret))
    .where('kind', '=', kind)
    .executeTakeFirst();
  return row && (row.expires_at === null || row.expires_at > now) ? { name: row.name, expiresAt: row.expires_at } : null;
}

/**
 * Uses up a one-time secret.
 * @throws Fault `unauthenticated` when it is unknown, used or too old
 */
export async function useUp(db: Pick<Store['db'], 'deleteFrom'>, kind: Kind, secret: string, now: number): Promise<{ name: string }> {
  const row = await db
    .deleteFrom('credentials')
    .where('hash', '=', hashOf(secret))
    .where('kind', '=', kind)
    .returningAll()
    .executeTakeFirst();
  if (row && (row.expires_at === null || row.expires_at > now)) return { name: row.name };
  const what = kind === 'join' ? 'join token' : 'sign-in link';
  throw new Fault('unauthenticated', `This ${what} was used already, or is too old: it is good once, for 15 minutes. Make a new one.`);
}

/** Takes a credential back. */
export async function revoke(store: Store, kind: Kind, secret: string): Promise<void> {
  await store.db.deleteFrom('credentials').where('hash', '=', hashOf(secret)).where('kind', '=', kind).execute();
}
