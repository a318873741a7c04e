// People, on the manager's own machine: who there is, and the way back in for somebody who lost their password.

import type { Grant } from '@mainstay/core/access';
import { createResetLink, listAccounts } from '@mainstay/manager/app/accounts';
import { note, pageUrl, withStore } from './credentials.ts';
import { Misuse } from './fail.ts';

export async function list(): Promise<void> {
  await withStore(async (store) => {
    for (const { name, grants, disabled } of await listAccounts(store.db)) {
      process.stdout.write(`${name}  ${grants.map(inWords).join(', ')}${disabled ? '  shut out' : ''}\n`);
    }
  });
}

/** A role and where it holds. */
export function inWords({ role, scope }: Grant): string {
  return scope.kind === 'everything' ? role : `${role} of a ${scope.kind}`;
}

export async function resetLink(name: string): Promise<void> {
  await withStore(async (store) => {
    const account = (await listAccounts(store.db)).find((each) => each.name === name.toLowerCase());
    if (!account) throw new Misuse(`There is no account “${name}”. See: npx mainstay account list`);
    const { secret } = await createResetLink(store, account, null, Date.now());
    await note(store, 'createResetLink', { kind: 'account', id: account.id, name: account.name });
    process.stdout.write(`${pageUrl()}/reset#code=${secret}\n`);
  });
}
