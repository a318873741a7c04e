// Codes of an authenticator app (RFC 6238), and recovery codes for when it is lost. The secret is sealed; a code is good once.

import { Fault } from '@mainstay/core/fault';
import type { AccountId } from '@mainstay/core/id';
import { Secret, TOTP } from 'otpauth';
import { hashOf, newSecret } from '../random.ts';
import type { AccountRow } from '../sql/schema.ts';
import type { Reader } from '../sql/store.ts';
import type { World } from '../world.ts';
import type { Person } from './credentials.ts';
import { endOtherSessions } from './sessions.ts';

const periodSeconds = 30;
/** A code of the step before or after is one whose clock is a little off. */
const window = 1;
const recoveryCount = 10;

const totpOf = (secret: Secret, label = '') =>
  new TOTP({ issuer: 'Mainstay', label, algorithm: 'SHA1', digits: 6, period: periodSeconds, secret });
/** What the secret of an authenticator app is sealed about. */
export const aboutTotp = (id: AccountId) => `totp ${id}`;

/** A secret that is not in use before it was shown to work: the ticket holds it, sealed. */
export function newTotp(world: World, { bearer: { account } }: Person): { ticket: string; secret: string; uri: string } {
  const secret = new Secret({ size: 20 });
  return {
    ticket: world.vault.seal(secret.base32, `new ${aboutTotp(account.id)}`),
    secret: secret.base32,
    uri: totpOf(secret, account.name).toString(),
  };
}

/** From now on a sign-in asks for a code; what was open without one ends. @returns recovery codes, shown this once */
export async function confirmTotp(world: World, { bearer }: Person, wanted: { ticket: string; code: string }): Promise<string[]> {
  const { account } = bearer;
  const secret = opened(world, wanted.ticket, `new ${aboutTotp(account.id)}`);
  const step = stepOf(world, secret, wanted.code);
  if (step === null) throw wrong('/code', 'This code is not right. Does the clock of the device go right?');
  const codes = Array.from({ length: recoveryCount }, () =>
    newSecret()
      .replace(/[^a-z0-9]/gi, '')
      .slice(0, 12)
      .toLowerCase(),
  );
  await world.store.db
    .updateTable('accounts')
    .set({
      totp_sealed: world.vault.seal(secret, aboutTotp(account.id)),
      totp_step: step,
      recovery_json: JSON.stringify(codes.map(hashOf)),
    })
    .where('id', '=', account.id)
    .execute();
  await endOtherSessions(world, { bearer });
  return codes;
}

export async function removeTotp(db: Reader, id: AccountId): Promise<void> {
  await db.updateTable('accounts').set({ totp_sealed: null, totp_step: null, recovery_json: null }).where('id', '=', id).execute();
}

/** Uses a code up, or a recovery code; of two that come with one, one is let in. */
export async function useCode(world: World, row: AccountRow, typed: string): Promise<boolean> {
  if (row.totp_sealed === null) return false;
  const code = typed.replace(/[\s-]/g, '').toLowerCase();
  return world.store.transact(async (writer) => {
    const now = await writer.selectFrom('accounts').selectAll().where('id', '=', row.id).executeTakeFirst();
    if (!now || now.totp_sealed === null) return false;
    const change = (set: Partial<Pick<AccountRow, 'totp_step' | 'recovery_json'>>) =>
      writer.updateTable('accounts').set(set).where('id', '=', row.id).execute();
    if (/^\d{6}$/.test(code)) {
      const step = stepOf(world, world.vault.open(now.totp_sealed, aboutTotp(row.id)), code);
      if (step === null || step <= (now.totp_step ?? 0)) return false;
      await change({ totp_step: step });
      return true;
    }
    const left: string[] = JSON.parse(now.recovery_json ?? '[]');
    if (!left.includes(hashOf(code))) return false;
    await change({ recovery_json: JSON.stringify(left.filter((hash) => hash !== hashOf(code))) });
    return true;
  });
}

/** The step whose code it is; null: it is none of about now. */
function stepOf(world: World, secret: string, token: string): number | null {
  const timestamp = world.clock.now();
  const delta = totpOf(Secret.fromBase32(secret)).validate({ token, timestamp, window });
  return delta === null ? null : Math.floor(timestamp / 1000 / periodSeconds) + delta;
}

function opened(world: World, ticket: string, of: string): string {
  try {
    return world.vault.open(ticket, of);
  } catch {
    throw wrong('/ticket', 'This is not what was begun with. Begin anew.');
  }
}

function wrong(path: string, message: string): Fault {
  return new Fault('invalid-request', message, { extra: { errors: [{ path, message }] } });
}
