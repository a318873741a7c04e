// What worlds take of the disk: measured on the host, kept over time, held against a quota. Trash and archives count apart.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import { describe, expect } from 'vitest';
import type { Installation } from './harness/installation.ts';
import { test } from './harness/scenario.ts';
import { until } from './harness/until.ts';

const mebibyte = 1024 * 1024;

/** Puts so much into a server's world, behind its back. */
const fill = (mainstay: Installation, { id }: Server, bytes: number, name = 'map.dat') =>
  writeFileSync(join(mainstay.host.dataOf(id), 'volumes', 'world', name), Buffer.alloc(bytes, 1));

/** Has the host measured, as a sync does. */
async function measure(mainstay: Installation): Promise<void> {
  const { id, disk } = await mainstay.agent();
  await mainstay.call(contract.syncAgent, { params: { agentId: id } });
  await until(
    'the disk measured anew',
    () => mainstay.agent(),
    (agent) => agent.disk !== null && agent.disk.at > (disk?.at ?? 0),
  );
}

const diskOf = (mainstay: Installation, { id }: Server) =>
  mainstay.call(contract.getServerDisk, { params: { serverId: id }, query: { span: '7d' } });
const withQuota = (mainstay: Installation, { id }: Server, quota: Server['quota']) =>
  mainstay.call(contract.configureServer, { params: { serverId: id }, body: { quota } });

describe('the disk', () => {
  test('is measured by volume, by server and by host, told to open pages and kept over time', async ({ mainstay }) => {
    const server = await mainstay.create({
      volumes: [
        { name: 'world', containerPath: '/data' },
        { name: 'mods', containerPath: '/mods' },
      ],
    });
    fill(mainstay, server, 3 * mebibyte);
    const changes = await mainstay.changes();
    await measure(mainstay);
    await changes.first('its new size', ({ server: shown }) => shown?.id === server.id && (shown.dataBytes ?? 0) >= 3 * mebibyte);
    const measured = await mainstay.server(server.id);
    expect(Object.keys(measured.volumeBytes ?? {}).sort()).toEqual(['mods', 'world']);
    expect(measured.volumeBytes?.['world']).toBeGreaterThanOrEqual(3 * mebibyte);
    expect(measured.dataBytes).toBe(Object.values(measured.volumeBytes ?? {}).reduce((sum, bytes) => sum + bytes, 0));
    expect(await diskOf(mainstay, server)).toMatchObject({ span: '7d', samples: [{ volumes: measured.volumeBytes }] });

    const agent = await mainstay.agent();
    expect(agent.disk?.serverBytes).toBeGreaterThanOrEqual(3 * mebibyte);
    expect(agent.disk?.freeBytes).toBeLessThan(agent.disk?.totalBytes ?? 0);
    const host = await mainstay.call(contract.getAgentDisk, { params: { agentId: agent.id }, query: { span: '1y' } });
    expect(host.samples).toEqual([agent.disk]);
  });

  test('of trash and archives is counted apart, and no longer the server’s', async ({ mainstay }) => {
    const server = await mainstay.create();
    fill(mainstay, server, 5 * mebibyte);
    await measure(mainstay);
    const { disk: before } = await mainstay.agent();
    await mainstay.carryOut('delete', server);
    const purge = await mainstay.call(contract.purgeServer, {
      params: { serverId: server.id },
      body: { removeData: true, archive: true, confirmName: server.name },
    });
    await mainstay.ended(purge);
    await measure(mainstay);
    const { disk: after } = await mainstay.agent();
    expect(Number(before?.serverBytes) - Number(after?.serverBytes)).toBeGreaterThanOrEqual(5 * mebibyte);
    expect(Number(after?.trashBytes) - Number(before?.trashBytes)).toBeGreaterThanOrEqual(5 * mebibyte);
    expect(after?.archiveBytes).toBeGreaterThan(Number(before?.archiveBytes));
    // What it took while it was there went with its record.
    await expect(diskOf(mainstay, server)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('that could not be looked at is as it was last', async ({ mainstay }) => {
    const server = await mainstay.create();
    fill(mainstay, server, mebibyte);
    await measure(mainstay);
    const known = await mainstay.server(server.id);
    await mainstay.host.kill();
    await mainstay.untilAway();
    await expect(measure(mainstay)).rejects.toMatchObject({ code: 'host-away' });
    expect(await mainstay.server(server.id)).toMatchObject({ dataBytes: known.dataBytes, volumeBytes: known.volumeBytes });
    mainstay.host.start();
    await mainstay.untilOnline();
  });
});

describe('a quota', () => {
  test('is told of when it is passed and when that is over, once each; nothing is cut off', async ({ mainstay }) => {
    const server = await mainstay.create({ quota: { dataMb: 2, refuseStarts: false } });
    fill(mainstay, server, 3 * mebibyte);
    await measure(mainstay);
    await measure(mainstay);
    expect(await mainstay.server(server.id)).toMatchObject({ overQuota: true, state: 'running' });
    await mainstay.carryOut('restart', server);
    fill(mainstay, server, 10);
    await measure(mainstay);
    expect(await mainstay.server(server.id)).toMatchObject({ overQuota: false });
    const told = (await mainstay.history(server.id)).filter(({ happening }) => happening.kind === 'server-quota');
    expect(told).toMatchObject([
      { cause: { by: 'measurement' }, happening: { over: true, quotaBytes: 2 * mebibyte } },
      { happening: { over: false } },
    ]);
  });

  test('refuses starts where its owner wants that, until it is raised', async ({ mainstay }) => {
    const server = await mainstay.create({ quota: { dataMb: 2, refuseStarts: true } });
    fill(mainstay, server, 3 * mebibyte);
    await mainstay.carryOut('stop', server);
    await measure(mainstay);
    await expect(mainstay.ask('start', server)).rejects.toMatchObject({ code: 'quota-exceeded' });
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'stopped', intent: 'stopped', operation: null });
    const raised = await withQuota(mainstay, server, { dataMb: 100, refuseStarts: true });
    expect(raised).toMatchObject({ overQuota: false, outdated: [] });
    // It was the quota that changed, so nobody waits for the next measuring to be told.
    const told = (await mainstay.history(server.id)).filter(({ happening }) => happening.kind === 'server-quota');
    expect(told.at(-1)).toMatchObject({ cause: { by: 'person' }, happening: { over: false, quotaBytes: 100 * mebibyte } });
    await mainstay.carryOut('start', server);
    await mainstay.call(contract.configureServer, { params: { serverId: server.id }, body: { quota: null } });
    expect(await mainstay.server(server.id)).toMatchObject({ quota: null, overQuota: false });
  });
});
