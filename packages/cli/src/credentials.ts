// Credentials made on the manager's own machine: whoever can write its database may let people in. Works beside a
// running manager.

import { type AuditTarget, machine, writeAudit } from '@mainstay/manager/app/audit';
import { issue } from '@mainstay/manager/app/credentials';
import { managerConfig } from '@mainstay/manager/config';
import { databasePath } from '@mainstay/manager/main';
import { openSqlite } from '@mainstay/manager/sql/sqlite';
import type { Store } from '@mainstay/manager/sql/store';
import { pageAddress } from './address.ts';
import { home, shipped } from './place.ts';

export async function createJoinToken(): Promise<void> {
  await withStore(async (store) => {
    const { secret } = await issue(store, { kind: 'join', name: 'terminal' }, Date.now());
    await note(store, 'createJoinToken', null);
    process.stdout.write(`${secret}\n`);
  });
}

export async function createSignInLink(): Promise<void> {
  await withStore(async (store) => process.stdout.write(`${await signInLink(store, pageAddress())}\n`));
}

/** The code stands behind `#`, where it reaches no log and no proxy. */
export async function signInLink(store: Store, url: string): Promise<string> {
  const { secret } = await issue(store, { kind: 'sign-in', name: 'owner' }, Date.now());
  await note(store, 'createSignInLink', null);
  return `${url}/sign-in#code=${secret}`;
}

/** Notes in the audit log what was done on this machine. */
export async function note(store: Store, action: string, target: AuditTarget | null): Promise<void> {
  await writeAudit(store, { ...machine, action, target, address: null, outcome: 'done', code: null }, Date.now());
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
