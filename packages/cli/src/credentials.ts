// Credentials made on the manager's own machine: whoever can write its database may let people in. Works beside a
// running manager.

import { issue } from '@mainstay/manager/app/credentials';
import { addressOf, managerConfig } from '@mainstay/manager/config';
import { databasePath } from '@mainstay/manager/main';
import { newId } from '@mainstay/manager/random';
import { openSqlite } from '@mainstay/manager/sql/sqlite';
import type { Store } from '@mainstay/manager/sql/store';
import { Misuse } from './fail.ts';
import { home, shipped } from './place.ts';

/** @param named left out, each token gets a name of its own: it is who asks, in the history and for idempotency keys */
export async function createToken(named: string | undefined): Promise<void> {
  const name = named ?? `token-${newId<string>().slice(0, 6)}`;
  if (!/^[^\p{Cc}]{1,64}$/u.test(name) || name.trim() === '')
    throw new Misuse('--name must be 1 to 64 characters without control characters.');
  await withStore(async (store) => {
    const { secret } = await issue(store, 'token', name, Date.now());
    process.stdout.write(`${secret}\n`);
  });
}

export async function createJoinToken(): Promise<void> {
  await withStore(async (store) => process.stdout.write(`${(await issue(store, 'join', 'terminal', Date.now())).secret}\n`));
}

export async function createSignInLink(): Promise<void> {
  const address = addressOf(managerConfig(process.env, home, shipped));
  await withStore(async (store) => process.stdout.write(`${await signInLink(store, address)}\n`));
}

/** The code stands behind `#`, where it reaches no log and no proxy. */
export async function signInLink(store: Store, url: string): Promise<string> {
  const { secret } = await issue(store, 'sign-in', 'owner', Date.now());
  return `${url}/sign-in#code=${secret}`;
}

export async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const config = managerConfig(process.env, home, shipped);
  const store = await openSqlite(databasePath(config), Date.now(), { create: false });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
