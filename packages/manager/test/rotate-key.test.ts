// Another key for all secrets: nothing of the old one is left in the database, and whatever cuts it short leaves one key with
// what that key sealed.

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AccountId } from '@mainstay/core/id';
import { knownKeyId, rotateKey } from '@mainstay/manager/app/rotate-key';
import { aboutTotp } from '@mainstay/manager/app/totp';
import { type GivenKeys, openVault, secretKeyFile } from '@mainstay/manager/keys';
import { createLog } from '@mainstay/manager/log';
import { databasePath, startManager } from '@mainstay/manager/main';
import { newId } from '@mainstay/manager/random';
import type { Store } from '@mainstay/manager/sql/store';
import { idOfKey, keyIdOf } from '@mainstay/manager/vault';
import { contract } from '@mainstay/wire/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownManager } from './harness.ts';

let manager: Awaited<ReturnType<typeof ownManager>>;
let serverId: string;
beforeEach(async () => {
  manager = await ownManager();
  const body = { name: 'lobby', image: 'any', env: { A: { secret: 'first' }, B: { secret: 'second' }, C: 'open' } };
  ({ serverId } = await manager.call(contract.createServer, { body }));
  await manager.store.db
    .updateTable('servers')
    .set((row) => ({ applied_json: row.ref('env_json') }))
    .execute();
  const applied = JSON.stringify({ env: await env() });
  await manager.store.db.updateTable('servers').set({ applied_json: applied }).execute();
  await manager.call(contract.createChannel, {
    body: { kind: 'webhook', name: 'hook', url: 'https://example.org/x', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' } as never,
  });
  await withApp();
});
afterEach(() => manager.end());

/** Somebody with an authenticator app. */
async function withApp(): Promise<void> {
  const vault = openVault(manager.directory, undefined, await knownKeyId(manager.store));
  const id = newId<AccountId>();
  await manager.store.db
    .insertInto('accounts')
    .values({ id, name: 'olga', grants_json: '[]', password_hash: null, disabled: 0, created_at: 1, last_signed_in_at: null })
    .execute();
  const totp_sealed = vault.seal('JBSWY3DPEHPK3PXP', aboutTotp(id));
  await manager.store.db.updateTable('accounts').set({ totp_sealed }).where('id', '=', id).execute();
}

const row = () => manager.store.db.selectFrom('servers').select(['env_json', 'applied_json']).executeTakeFirstOrThrow();
const env = async () => JSON.parse((await row()).env_json) as Record<string, { sealed: string }>;
const files = (lost = false) => ({ directory: manager.directory, given: undefined, next: undefined, lost });
const keyFile = () => readFileSync(secretKeyFile(manager.directory), 'utf8');
const opened = async (given?: GivenKeys) => {
  const vault = openVault(manager.directory, given, await knownKeyId(manager.store));
  const sealed = await env();
  return ['A', 'B'].map((name) => vault.open(sealed[name]?.sealed ?? '', `server ${serverId} env ${name}`));
};

describe('a rotation', () => {
  it('seals everything anew, keeps what was the same the same, and leaves nothing of the old key in the database', async () => {
    const before = { key: keyFile(), id: await knownKeyId(manager.store) };
    expect(await rotateKey(manager.store, files())).toEqual({ sealedAnew: 4, unopened: 0 });
    expect(keyFile()).not.toBe(before.key);
    expect(await opened()).toEqual(['first', 'second']);
    const { env_json, applied_json } = await row();
    expect(JSON.parse(applied_json ?? '').env).toEqual(JSON.parse(env_json));
    const tables = await manager.store.db.introspection.getTables();
    for (const { name } of tables) {
      const rows = await manager.store.db
        .selectFrom(name as never)
        .selectAll()
        .execute();
      expect(JSON.stringify(rows), name).not.toContain(`v1.${before.id}.`);
    }
  });

  it('lets what a host has kept be opened as before', async () => {
    const kept = (await env())['A']?.sealed ?? '';
    await rotateKey(manager.store, files());
    await rotateKey(manager.store, files());
    const vault = openVault(manager.directory, undefined, await knownKeyId(manager.store));
    expect(vault.open(kept, `server ${serverId} env A`)).toBe('first');
    expect(keyIdOf(vault.renew(kept, `server ${serverId} env A`))).toBe(vault.keyId);
  });

  it('that is cut short before its transaction changes nothing', async () => {
    const broken: Store = { ...manager.store, transact: () => Promise.reject(new Error('the power went')) };
    const key = keyFile();
    await expect(rotateKey(broken, files())).rejects.toThrow('the power went');
    expect(keyFile()).toBe(key);
    expect(await opened()).toEqual(['first', 'second']);
  });

  it('that is cut short behind its transaction is brought to its end by the next start', async () => {
    const before = keyFile();
    await rotateKey(manager.store, files());
    // As it was between the transaction and the last rename.
    renameSync(secretKeyFile(manager.directory), `${secretKeyFile(manager.directory)}.next`);
    writeFileSync(secretKeyFile(manager.directory), before, { mode: 0o600 });
    expect(await opened()).toEqual(['first', 'second']);
    expect(keyFile()).not.toBe(before);
    expect(existsSync(`${secretKeyFile(manager.directory)}.next`)).toBe(false);
  });

  it('takes its keys from the environment where the old one is there, and keeps none in files', async () => {
    const key = keyFile().trim();
    rmSync(secretKeyFile(manager.directory));
    const given = { current: key, retired: '' };
    const next = randomBytes(32).toString('base64');
    await expect(rotateKey(manager.store, { ...files(), given })).rejects.toMatchObject({
      detail: expect.stringContaining('MAINSTAY_SECRET_KEY_NEXT'),
    });
    await rotateKey(manager.store, { ...files(), given, next });
    expect(await opened({ current: next, retired: key })).toEqual(['first', 'second']);
    await expect(opened(given)).rejects.toMatchObject({ detail: expect.stringContaining('MAINSTAY_SECRET_KEY holds key') });
    expect(existsSync(secretKeyFile(manager.directory))).toBe(false);
    expect(existsSync(`${secretKeyFile(manager.directory)}.retired`)).toBe(false);
  });
});

describe('a key that is not the database’s', () => {
  const another = randomBytes(32);
  const restarted = () => {
    const { directory } = manager;
    const config = { directory, host: '127.0.0.1', port: 0, webDirectory: null, templatesDirectory: null };
    return startManager(config, 'test', createLog('silent'));
  };

  it.each([
    ['gone', null, /secret\.key is not there\. Bring that key back/],
    ['another', another.toString('base64url'), new RegExp(`secret\\.key holds key ${idOfKey(another)}`)],
  ])('being %s, is not replaced: the start is refused with what to do', async (_, key, reason) => {
    const path = secretKeyFile(manager.directory);
    if (key === null) rmSync(path);
    else writeFileSync(path, key, { mode: 0o600 });
    await expect(restarted()).rejects.toMatchObject({ detail: expect.stringMatching(reason) });
    expect(existsSync(path) ? readFileSync(path, 'utf8') : null).toBe(key);
    await expect(rotateKey(manager.store, files())).rejects.toMatchObject({ detail: expect.stringMatching(reason) });
  });

  it('is told from what is sealed in a database of before keys were noted', async () => {
    await manager.store.db.deleteFrom('settings').where('key', '=', 'secret-key').execute();
    rmSync(secretKeyFile(manager.directory));
    await expect(restarted()).rejects.toMatchObject({ detail: expect.stringContaining('is not there') });
  });

  it('being lost for good, gives way to a new one that leaves what it sealed to be typed anew', async () => {
    rmSync(secretKeyFile(manager.directory));
    expect(await rotateKey(manager.store, files(true))).toEqual({ sealedAnew: 0, unopened: 4 });
    await (await restarted()).stop();
    expect(existsSync(join(manager.directory, 'secret.key'))).toBe(true);
    expect(databasePath(manager)).toContain('mainstay.db');
  });
});
