// Secrets in a record: kept sealed, shown to nobody, changed only when a new value is given.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contract } from '@mainstay/wire/contract';
import type { ConfigureServer, CreateServerInput } from '@mainstay/wire/servers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownManager } from './harness.ts';

let manager: Awaited<ReturnType<typeof ownManager>>;
beforeAll(async () => {
  manager = await ownManager();
});
afterAll(() => manager.end());

const secret = 'correct-horse-battery-staple';
let made = 0;

async function created(env: CreateServerInput['env']) {
  made += 1;
  const { serverId } = await manager.call(contract.createServer, { body: { name: `server-${made}`, image: 'any', env } });
  return serverId;
}
const shown = (serverId: string) => manager.call(contract.getServer, { params: { serverId } });
/** A server that rests, so that its record can be changed: its creation waits for a host that never comes. */
async function resting(env: CreateServerInput['env']) {
  const id = await created(env);
  await manager.store.db.updateTable('operations').set({ state: 'cancelled', ended_at: 1 }).where('server_id', '=', id).execute();
  await manager.store.db.updateTable('servers').set({ state: 'stopped' }).where('id', '=', id).execute();
  return id;
}
const configure = (serverId: string, body: ConfigureServer) => manager.call(contract.configureServer, { params: { serverId }, body });
const storedEnv = async (id: string) =>
  (
    await manager.store.db
      .selectFrom('servers')
      .select('env_json')
      .where('id', '=', id as never)
      .executeTakeFirstOrThrow()
  ).env_json;

describe('a secret', () => {
  it('is shown as one, without its value, and stands nowhere in the database', async () => {
    const id = await created({ MOTD: 'hi', RCON_PASSWORD: { secret } });
    expect((await shown(id)).env).toEqual({ MOTD: 'hi', RCON_PASSWORD: null });
    const files = readdirSync(manager.directory).filter((name) => name.startsWith('mainstay.db'));
    expect(files.length).toBeGreaterThan(0);
    for (const name of files) expect(readFileSync(join(manager.directory, name)).includes(secret), name).toBe(false);
  });

  it('stays as it is where null stands for it, whatever else changes', async () => {
    const id = await resting({ MOTD: 'hi', RCON_PASSWORD: { secret } });
    const before = JSON.parse(await storedEnv(id)).RCON_PASSWORD;
    const after = await configure(id, { env: { MOTD: 'ho', RCON_PASSWORD: null } });
    expect(after.env).toEqual({ MOTD: 'ho', RCON_PASSWORD: null });
    expect(JSON.parse(await storedEnv(id)).RCON_PASSWORD).toEqual(before);
  });

  it('is no change when the same value is given again, and one when another is', async () => {
    const id = await resting({ RCON_PASSWORD: { secret } });
    const { revision } = await shown(id);
    expect((await configure(id, { env: { RCON_PASSWORD: { secret } } })).revision).toBe(revision);
    expect((await configure(id, { env: { RCON_PASSWORD: { secret: 'another' } } })).revision).toBe(revision + 1);
  });

  it('whose key is lost can be typed anew', async () => {
    const id = await resting({ RCON_PASSWORD: { secret } });
    const lost = JSON.stringify({ RCON_PASSWORD: { sealed: 'v1.AAAA.AAAA' } });
    await manager.store.db
      .updateTable('servers')
      .set({ env_json: lost })
      .where('id', '=', id as never)
      .execute();
    await configure(id, { env: { RCON_PASSWORD: { secret } } });
    expect(await storedEnv(id)).not.toBe(lost);
  });

  it('can become a plain variable only by being given a value', async () => {
    const id = await resting({ MOTD: 'hi', RCON_PASSWORD: { secret } });
    await expect(configure(id, { env: { MOTD: null } })).rejects.toMatchObject({
      code: 'invalid-request',
      extra: { errors: [{ path: '/env/MOTD', message: expect.stringContaining('Give it a value') }] },
    });
    expect((await configure(id, { env: { RCON_PASSWORD: 'open' } })).env).toEqual({ RCON_PASSWORD: 'open' });
  });

  it('that is empty or of another shape is refused beside its variable', async () => {
    await expect(created({ RCON_PASSWORD: { secret: '' } })).rejects.toMatchObject({
      extra: { errors: [{ path: '/env/RCON_PASSWORD/secret', message: 'A secret is at least one character.' }] },
    });
    await expect(created({ RCON_PASSWORD: 7 as never })).rejects.toMatchObject({
      code: 'invalid-request',
      extra: { errors: [{ path: '/env/RCON_PASSWORD' }] },
    });
  });
});

describe('how commands reach a server', () => {
  it('is its standard input unless it says otherwise, and changes without a rebuild', async () => {
    const id = await resting({});
    expect((await shown(id)).console).toEqual({ via: 'stdin', stopCommand: null });
    const rcon = { via: 'rcon', containerPort: 27015, passwordEnv: 'RCON_PASSWORD', stopCommand: 'stop' } as const;
    expect(await configure(id, { console: rcon })).toMatchObject({ console: rcon, outdated: [] });
    const { items } = await manager.call(contract.listServerEvents, { params: { serverId: id } });
    expect(items[0]?.happening).toEqual({ kind: 'server-configured', fields: ['console'] });
  });
});
