// Who somebody is by name and password. Nothing in the answer, nor the time that it takes, tells whether there is such a person.

import { Fault } from '@mainstay/core/fault';
import type { AccountRow } from '../sql/schema.ts';
import type { World } from '../world.ts';
import { isPassword } from './passwords.ts';

/** @throws Fault `unauthenticated`, `rate-limited` */
export async function accountByPassword(
  world: World,
  from: { readonly address: string; readonly knownAs: string | null },
  { name, password }: { readonly name: string; readonly password: string },
): Promise<AccountRow> {
  const known = name.trim().toLowerCase();
  const row = await world.store.db.selectFrom('accounts').selectAll().where('name', '=', known).executeTakeFirst();
  // Whoever guesses at a name from elsewhere does not keep its owner out of a browser of theirs.
  const kind = row && row.id === from.knownAs ? 'known' : 'account';
  const good = [world.attempts.begin('address', from.address), world.attempts.begin(kind, known)];
  const right = await isPassword(row?.password_hash ?? null, password);
  if (!row || !right || row.disabled === 1) throw new Fault('unauthenticated', 'Name or password is not right.');
  for (const undo of good) undo();
  return row;
}
