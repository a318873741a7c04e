// Another key for all secrets: whatever the database has sealed is sealed anew in one transaction, which also says which key it
// was. Cut short at any point it leaves the old key with the old sealings, or the new with the new.

import { Fault } from '@mainstay/core/fault';
import { type EnvValue, isSealed } from '@mainstay/core/server';
import { currentKey, type GivenKeys, makeNextKey, openVault, parseKey, retiredKeys, retireKey, settleKey } from '../keys.ts';
import { aboutChannel } from '../notifications/channels.ts';
import type { Store } from '../sql/store.ts';
import { keyIdOf, type Vault, vaultWith } from '../vault.ts';
import { renewEnv } from './secret-env.ts';
import { aboutTotp } from './totp.ts';

/** Where the database remembers which key its secrets were sealed with. */
const keySetting = 'secret-key';

/** The id of the key that the database was sealed with; null: nothing is sealed in it. */
export async function knownKeyId({ db }: Pick<Store, 'db'>): Promise<string | null> {
  const noted = await db.selectFrom('settings').select('value').where('key', '=', keySetting).executeTakeFirst();
  if (noted) return noted.value;
  // A database of before this was noted tells by what is sealed in it.
  const channels = await db.selectFrom('channels').select('sealed').execute();
  const servers = await db.selectFrom('servers').select('env_json').where('env_json', 'like', '%"sealed"%').execute();
  const sealed = [...channels.map((row) => row.sealed), ...servers.flatMap((row) => sealedIn(JSON.parse(row.env_json)))];
  const times = new Map<string, number>();
  for (const id of sealed.map(keyIdOf)) if (id !== undefined) times.set(id, (times.get(id) ?? 0) + 1);
  // A few may be of a key that was lost long ago.
  return [...times].sort(([, one], [, other]) => other - one)[0]?.[0] ?? null;
}

const sealedIn = (env: Readonly<Record<string, EnvValue>>): string[] =>
  Object.values(env).flatMap((value) => (isSealed(value) ? [value.sealed] : []));

export async function noteKeyId({ db }: Pick<Store, 'db'>, keyId: string): Promise<void> {
  await db
    .insertInto('settings')
    .values({ key: keySetting, value: keyId })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: keyId }))
    .execute();
}

export interface Rotating {
  readonly directory: string;
  /** undefined: the keys are in files. */
  readonly given: GivenKeys | undefined;
  /** The new key, where the old one is not in a file; undefined: one is made. */
  readonly next: string | undefined;
  /** The old key is lost: what it sealed stays as it is, to be typed anew. */
  readonly lost: boolean;
}

export interface Rotated {
  readonly sealedAnew: number;
  /** Not to be opened with any key that is here. */
  readonly unopened: number;
}

/**
 * Nobody else may use the database meanwhile.
 * @throws Fault when the present key is not the database's, and is not said to be lost
 */
export async function rotateKey(store: Store, { directory, given, next, lost }: Rotating): Promise<Rotated> {
  if (given && !next) {
    throw new Fault('internal', 'The key is in MAINSTAY_SECRET_KEY: set MAINSTAY_SECRET_KEY_NEXT to the one that is to take its place.');
  }
  // Also puts a key in its place that an earlier rotation left waiting.
  if (!lost) openVault(directory, given, await knownKeyId(store));
  const old = given ? parseKey(given.current, 'MAINSTAY_SECRET_KEY') : currentKey(directory);
  if (!given && old !== null) retireKey(directory, old);
  const key = next ? parseKey(next, 'MAINSTAY_SECRET_KEY_NEXT') : makeNextKey(directory);
  const vault = vaultWith(key, [...retiredKeys(directory, given), ...(old === null ? [] : [old])]);
  const rotated = await sealAnew(store, vault);
  if (!given) settleKey(directory);
  return rotated;
}

function sealAnew(store: Store, vault: Vault): Promise<Rotated> {
  return store.transact(async (writer) => {
    // A record and what was applied of it are compared by their sealings: what was the same stays so.
    const renewed = new Map<string, string>();
    const renew: Vault['renew'] = (sealed, about) => {
      const now = renewed.get(sealed) ?? vault.renew(sealed, about);
      renewed.set(sealed, now);
      return now;
    };
    for (const { id, env_json, applied_json } of await writer.selectFrom('servers').select(['id', 'env_json', 'applied_json']).execute()) {
      const applied = applied_json === null ? null : JSON.parse(applied_json);
      await writer
        .updateTable('servers')
        .set({
          env_json: JSON.stringify(renewEnv({ renew }, id, JSON.parse(env_json))),
          applied_json: applied === null ? null : JSON.stringify({ ...applied, env: renewEnv({ renew }, id, applied.env) }),
        })
        .where('id', '=', id)
        .execute();
    }
    for (const { id, sealed } of await writer.selectFrom('channels').select(['id', 'sealed']).execute()) {
      await writer
        .updateTable('channels')
        .set({ sealed: renew(sealed, aboutChannel(id)) })
        .where('id', '=', id)
        .execute();
    }
    for (const { id, totp_sealed } of await writer.selectFrom('accounts').select(['id', 'totp_sealed']).execute()) {
      if (totp_sealed === null) continue;
      await writer
        .updateTable('accounts')
        .set({ totp_sealed: renew(totp_sealed, aboutTotp(id)) })
        .where('id', '=', id)
        .execute();
    }
    // What somebody is just about to sign in with is begun anew.
    await writer.deleteFrom('credentials').where('kind', '=', 'sso').execute();
    await noteKeyId({ db: writer }, vault.keyId);
    const unopened = [...renewed.values()].filter((sealed) => keyIdOf(sealed) !== vault.keyId).length;
    return { sealedAnew: renewed.size - unopened, unopened };
  });
}
