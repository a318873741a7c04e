// Somebody's own password, changed.

import { Fault } from '@mainstay/core/fault';
import type { World } from '../world.ts';
import { accountOf } from './accounts.ts';
import { endOpen, type Person, recently } from './credentials.ts';
import { hashPassword, isPassword } from './passwords.ts';

/** What is open with the former one ends. @throws Fault `invalid-request` when that is not it; `rate-limited`, `sign-in-again` */
export async function changePassword(world: World, { bearer }: Person, wanted: { current: string; password: string }): Promise<void> {
  const { id, name } = bearer.account;
  const good = world.attempts.begin('known', name);
  const { password_hash } = await accountOf(world.store.db, id);
  // Whoever came without one has nothing to prove but that they came just now.
  if (password_hash === null) recently(world.clock, { bearer });
  else if (!(await isPassword(password_hash, wanted.current))) {
    const message = 'This is not your present password.';
    throw new Fault('invalid-request', message, { extra: { errors: [{ path: '/current', message }] } });
  }
  good();
  const hash = await hashPassword(wanted.password);
  await world.store.transact(async (writer) => {
    await writer.updateTable('accounts').set({ password_hash: hash }).where('id', '=', id).execute();
    await writer.deleteFrom('credentials').where('account_id', '=', id).where('kind', '=', 'reset').execute();
    await endOpen(writer, id, bearer.credentialId);
  });
  world.bus.publish({ topic: 'access' });
}
