// People, on the manager's own machine: who there is, and the way back in for somebody who lost their password.

import type { Grant } from '@mainstay/core/access';
import { listAccounts } from '@mainstay/manager/app/accounts';
import { createResetLink } from '@mainstay/manager/app/reset-links';
import type { Store } from '@mainstay/manager/sql/store';
import { pageAddress } from './address.ts';
import { note, withStore } from './credentials.ts';
import { Misuse } from './fail.ts';

export async function list(): Promise<void> {
  await withStore(async (store) => {
    const inWords = await wordsOfGrants(store);
    for (const { name, grants, disabled } of await listAccounts(store.db)) {
      process.stdout.write(`${name}  ${grants.map(inWords).join(', ')}${disabled ? '  shut out' : ''}\n`);
    }
  });
}

/** What says a role and where it holds, by the names of now. */
export async function wordsOfGrants(store: Store): Promise<(grant: Grant) => string> {
  const rows = await Promise.all([
    store.db.selectFrom('agents').select(['id', 'name']).execute(),
    store.db.selectFrom('servers').select(['id', 'name']).execute(),
  ]);
  const names = new Map<string, string>(rows.flat().map(({ id, name }) => [id, name]));
  const named = (kind: string, id: string) => `${kind} ${names.get(id) ?? 'that is gone'}`;
  return ({ role, scope }) => {
    if (scope.kind === 'everything') return role;
    return `${role} of ${scope.kind === 'host' ? named('host', scope.agentId) : named('server', scope.serverId)}`;
  };
}

export async function resetLink(name: string): Promise<void> {
  await withStore(async (store) => {
    const account = (await listAccounts(store.db)).find((each) => each.name === name.toLowerCase());
    if (!account) throw new Misuse(`There is no account “${name}”. See: ./mainstay account list`);
    const { secret } = await createResetLink(store, account, null, Date.now());
    await note(store, 'createResetLink', { kind: 'account', id: account.id, name: account.name });
    process.stdout.write(`${pageAddress()}/reset#code=${secret}\n`);
  });
}
