// The end of retention, with nobody pressing anything: told beforehand, certain, and not the end of the world, which lies in the
// host's trash and comes back from there with its record.

import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import { describe, expect } from 'vitest';
import { SAMPLE_IMAGE } from '../../tools/sample-image.ts';
import { type Installation, openInstallation } from './harness/installation.ts';
import { build, sampleServer, worldOf } from './harness/sample.ts';
import { test as base } from './harness/scenario.ts';
import { until } from './harness/until.ts';

/** What is over counts after two seconds here, not after ten minutes. */
const test = base.override(
  'mainstay',
  { scope: 'file' }, // biome-ignore lint/correctness/noEmptyPattern: Vitest asks for a pattern, of which it reads the fixtures that are used
  async ({}, { onCleanup }): Promise<Installation> => {
    const mainstay = await openInstallation({ settings: { MAINSTAY_RETENTION_CONFIRM_SECONDS: '2' } });
    onCleanup(() => mainstay.close());
    return mainstay;
  },
);

const kept = (hours: number | null) => ({ retention: { hours } });
const trashOf = async (mainstay: Installation) => mainstay.call(contract.getTrash, { params: { agentId: (await mainstay.agent()).id } });

async function withWorld(mainstay: Installation, wanted: Parameters<Installation['create']>[0]): Promise<Server> {
  const server = await mainstay.create(wanted);
  await build(mainstay.host, server, 'tower');
  return server;
}

const untilPurged = (mainstay: Installation, { id }: Server) =>
  until(
    'the server purged',
    () => mainstay.server(id).catch((error: { code?: string }) => error.code),
    (seen) => seen === 'not-found',
  );

describe('when a deleted server’s retention ends', () => {
  test('it is purged by itself, told beforehand, and its data lies in the trash', async ({ mainstay }) => {
    const server = await withWorld(mainstay, kept(0));
    await mainstay.carryOut('delete', server);
    await untilPurged(mainstay, server);

    const history = await mainstay.history(server.id);
    const kinds = history.map(({ happening }) => happening.kind);
    expect(kinds.indexOf('purge-near')).toBeGreaterThan(-1);
    expect(kinds.indexOf('purge-near')).toBeLessThan(kinds.indexOf('server-purged'));
    expect(kinds.filter((kind) => kind === 'purge-near')).toHaveLength(1);
    expect(history.at(-1)).toMatchObject({ happening: { kind: 'server-purged', dataRemoved: true }, cause: { who: 'mainstay' } });
    expect(existsSync(mainstay.host.dataOf(server.id))).toBe(false);
    const { items } = await trashOf(mainstay);
    expect(items.find(({ serverId }) => serverId === server.id)).toMatchObject({ name: server.name });
  });

  test('its own say goes before the installation’s, “never” too; restored in time nothing is lost', async ({ mainstay }) => {
    const [forEver, usual, gone] = await Promise.all([
      withWorld(mainstay, kept(null)),
      withWorld(mainstay, {}),
      withWorld(mainstay, kept(0)),
    ]);
    for (const server of [forEver, usual]) await mainstay.carryOut('delete', server);
    expect(await mainstay.server(forEver.id)).toMatchObject({ purgeAt: null, retentionHours: null });
    const { deletedAt, purgeAt } = await mainstay.server(usual.id);
    expect((purgeAt ?? 0) - (deletedAt ?? 0)).toBe(24 * 3_600_000);
    await mainstay.carryOut('delete', gone);
    await untilPurged(mainstay, gone);
    for (const server of [forEver, usual]) {
      expect((await mainstay.server(server.id)).state).toBe('deleted');
      await mainstay.carryOut('restore', server);
      await mainstay.carryOut('start', server);
      expect(worldOf(mainstay.host, server).things).toEqual([{ name: 'tower', count: 1 }]);
    }
  });

  test('a change of the installation’s settings holds for what is deleted already, and is told to open pages', async ({ mainstay }) => {
    const server = await mainstay.create({ start: false });
    await mainstay.carryOut('delete', server);
    const changes = await mainstay.changes();
    await mainstay.call(contract.changeSettings, { body: { retentionHours: 48 } });
    await changes.first('its new end', ({ server: shown }) => shown?.id === server.id && shown.retentionHours === 48);
    await mainstay.call(contract.changeSettings, { body: { retentionHours: 24 } });
    await expect(mainstay.call(contract.changeSettings, { body: { retentionHours: -1 } })).rejects.toMatchObject({
      code: 'invalid-request',
    });
  });

  test('with its host away the purge waits for it, over a restart of the manager too', async ({ mainstay }) => {
    const server = await withWorld(mainstay, kept(0));
    await mainstay.carryOut('delete', server);
    await mainstay.host.kill();
    await mainstay.untilAway();
    await mainstay.untilState(server.id, 'deleting');
    await mainstay.manager.kill();
    await mainstay.manager.start();
    expect((await mainstay.server(server.id)).state).toBe('deleting');
    expect(existsSync(mainstay.host.dataOf(server.id))).toBe(true);
    mainstay.host.start();
    await untilPurged(mainstay, server);
    expect(existsSync(mainstay.host.dataOf(server.id))).toBe(false);
  });

  test('an archive is made first where the owner chose that', async ({ mainstay }) => {
    await mainstay.call(contract.changeSettings, { body: { finalArchive: true } });
    const server = await withWorld(mainstay, kept(0));
    await mainstay.carryOut('delete', server);
    await untilPurged(mainstay, server);
    await mainstay.call(contract.changeSettings, { body: { finalArchive: false } });
    const archive = (await trashOf(mainstay)).archives.find(({ serverId }) => serverId === server.id);
    expect(archive).toMatchObject({ name: server.name });
    expect(archive?.bytes).toBeGreaterThan(100);
    const params = { agentId: (await mainstay.agent()).id, archiveId: archive?.id ?? '' };
    await expect(mainstay.call(contract.removeArchive, { params, query: { confirmName: 'x' } })).rejects.toMatchObject({
      code: 'invalid-request',
    });
    await mainstay.call(contract.removeArchive, { params, query: { confirmName: server.name } });
    expect((await trashOf(mainstay)).archives).toEqual([]);
  });
});

describe('what lies in the trash', () => {
  test('comes back as the server that it was: record, ports, secrets, history and world', async ({ mainstay }) => {
    const server = await withWorld(mainstay, {
      env: { ADMIN_CODE: { secret: 'sesame' } },
      console: { via: 'stdin', stopCommand: 'stop' },
      retention: { hours: 48 },
      quota: { dataMb: 512 },
      ready: { line: '[ready] lobby open' },
    });
    const world = worldOf(mainstay.host, server);
    await mainstay.carryOut('delete', server);
    await mainstay.carryOut('purge', server, { removeData: true, confirmName: server.name });
    const { id: agentId } = await mainstay.agent();
    const trashId = (await trashOf(mainstay)).items.find(({ serverId }) => serverId === server.id)?.id ?? '';

    const restored = await mainstay.ended(await mainstay.call(contract.restoreTrashed, { params: { agentId, trashId }, body: {} }));
    expect(restored).toMatchObject({ state: 'succeeded', kind: 'restore', serverId: server.id });
    const { name, image, ports, env, volumes, limits, stop, console, retention, quota, ready, createdAt } = server;
    const record = { name, image, ports, env, volumes, limits, stop, console, retention, quota, ready, createdAt };
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'missing', ...record });
    await mainstay.carryOut('start', server);
    expect(worldOf(mainstay.host, server)).toMatchObject({ id: world.id, things: world.things });
    expect((await mainstay.outside.inspect(server.name)).Config.Env).toContain('ADMIN_CODE=sesame');
    expect((await mainstay.history(server.id)).filter(({ happening }) => happening.kind === 'server-recorded')).toHaveLength(2);
    await expect(mainstay.call(contract.restoreTrashed, { params: { agentId, trashId }, body: {} })).rejects.toMatchObject({
      code: 'server-there',
    });
  });

  test('is installed still where its install script had failed', async ({ mainstay }) => {
    const install = { volume: 'world', image: SAMPLE_IMAGE, entrypoint: 'node', script: 'process.exit(3)' };
    const create = await mainstay.call(contract.createServer, { body: { ...(await sampleServer()), install } });
    expect(await mainstay.ended(create)).toMatchObject({ state: 'failed' });
    const server = await mainstay.server(create.serverId);
    await mainstay.carryOut('purge', server, { removeData: true, confirmName: server.name });
    const { id: agentId } = await mainstay.agent();
    const trashId = (await trashOf(mainstay)).items.find(({ serverId }) => serverId === server.id)?.id ?? '';
    await mainstay.ended(await mainstay.call(contract.restoreTrashed, { params: { agentId, trashId }, body: {} }));
    expect(await mainstay.ended(await mainstay.ask('start', server))).toMatchObject({ state: 'failed', error: { code: 'install-failed' } });
  });

  test('comes back by a second restore where the first one could not be done', async ({ mainstay }) => {
    const server = await withWorld(mainstay, {});
    await mainstay.carryOut('delete', server);
    await mainstay.carryOut('purge', server, { removeData: true, confirmName: server.name });
    const { id: agentId } = await mainstay.agent();
    const trashId = (await trashOf(mainstay)).items.find(({ serverId }) => serverId === server.id)?.id ?? '';
    const restore = (body: { name?: string } = {}) => mainstay.call(contract.restoreTrashed, { params: { agentId, trashId }, body });
    // Somebody has put a directory where its own belongs.
    mkdirSync(mainstay.host.dataOf(server.id));
    expect(await mainstay.ended(await restore())).toMatchObject({ state: 'failed', error: { code: 'data-foreign' } });
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'deleted' });
    rmdirSync(mainstay.host.dataOf(server.id));
    expect(await mainstay.ended(await restore({ name: `${server.name}-again` }))).toMatchObject({ state: 'succeeded' });
    await mainstay.carryOut('start', server);
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'running', name: `${server.name}-again` });
    expect(worldOf(mainstay.host, server).things).toEqual([{ name: 'tower', count: 1 }]);
    await expect(restore()).rejects.toMatchObject({ code: 'server-there' });
  });

  test('comes back beside a server that has its name and port by now: under another name, on a free port', async ({ mainstay }) => {
    const server = await withWorld(mainstay, {});
    await mainstay.carryOut('delete', server);
    await mainstay.carryOut('purge', server, { removeData: true, confirmName: server.name });
    const successor = await mainstay.create(await sampleServer({ name: server.name, ports: server.ports }));
    const { id: agentId } = await mainstay.agent();
    const trashId = (await trashOf(mainstay)).items.find(({ serverId }) => serverId === server.id)?.id ?? '';
    const restore = (body: { name?: string }) => mainstay.call(contract.restoreTrashed, { params: { agentId, trashId }, body });
    await expect(restore({})).rejects.toMatchObject({ code: 'name-taken' });
    await mainstay.ended(await restore({ name: `${server.name}-old` }));
    await mainstay.carryOut('start', server);
    const back = await mainstay.server(server.id);
    expect(back).toMatchObject({ state: 'running', name: `${server.name}-old` });
    expect(back.ports.map(({ hostPort }) => hostPort)).not.toContain(successor.ports[0]?.hostPort);
    expect(worldOf(mainstay.host, server).things).toEqual([{ name: 'tower', count: 1 }]);
  });

  test('goes for good when that is confirmed by name, and says until when it stays', async ({ mainstay }) => {
    const server = await withWorld(mainstay, {});
    await mainstay.carryOut('delete', server);
    await mainstay.carryOut('purge', server, { removeData: true, confirmName: server.name });
    const { id: agentId } = await mainstay.agent();
    const trash = await trashOf(mainstay);
    const item = trash.items.find(({ serverId }) => serverId === server.id);
    expect(trash.days).toBe(7);
    expect((item?.emptiedAt ?? 0) - (item?.movedAt ?? 0)).toBe(7 * 24 * 3_600_000);
    await mainstay.call(contract.changeSettings, { body: { trashDays: null } });
    await until(
      'the host told',
      () => trashOf(mainstay),
      ({ days }) => days === null,
    );
    await mainstay.call(contract.changeSettings, { body: { trashDays: 7 } });

    const params = { agentId, trashId: item?.id ?? '' };
    await expect(mainstay.call(contract.emptyTrash, { params, query: { confirmName: 'x' } })).rejects.toMatchObject({
      code: 'invalid-request',
    });
    expect(readdirSync(join(mainstay.host.home, 'data/.trash'))).toContain(item?.id);
    await mainstay.call(contract.emptyTrash, { params, query: { confirmName: server.name } });
    expect(readdirSync(join(mainstay.host.home, 'data/.trash'))).not.toContain(item?.id);
    await expect(mainstay.call(contract.emptyTrash, { params, query: { confirmName: server.name } })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});
