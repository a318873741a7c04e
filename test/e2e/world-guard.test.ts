// The world guard: a server is never started on data that is gone, emptied or somebody else's; it would silently begin a
// new world. The refusal says what is wrong, and changes nothing; who means it says so with allowEmptyData.

import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import { describe, expect } from 'vitest';
import type { Installation } from './harness/installation.ts';
import { build, worldFile, worldOf } from './harness/sample.ts';
import { test } from './harness/scenario.ts';

/** A missing server that has a world. */
async function missingServer(mainstay: Installation): Promise<Server> {
  const server = await mainstay.create();
  await build(mainstay.host, server, 'tower');
  await mainstay.outside.remove(server.name);
  return mainstay.untilState(server.id, 'missing');
}

const damages: [string, (directory: string) => void][] = [
  ['vanished', (directory) => rmSync(directory, { recursive: true })],
  ['emptied', (directory) => rmSync(join(directory, 'volumes/world/world.json'))],
  ['lost a volume', (directory) => rmSync(join(directory, 'volumes/world'), { recursive: true })],
];

describe.for(damages)('data that has %s', ([, damage]) => {
  test('refuses a start, says what is gone, and begins no new world', async ({ mainstay }) => {
    const server = await missingServer(mainstay);
    const directory = mainstay.host.dataOf(server.id);
    damage(directory);
    const was = existsSync(directory);

    await expect(mainstay.ask('start', server)).rejects.toMatchObject({
      code: 'data-missing',
      detail: expect.stringMatching(new RegExp(`${directory}.*allowEmptyData`)),
    });

    expect(await mainstay.server(server.id)).toMatchObject({ state: 'missing', operation: null });
    expect(await mainstay.outside.containersOf(server.id)).toEqual([]);
    expect(existsSync(directory)).toBe(was);
    expect(existsSync(worldFile(mainstay.host, server))).toBe(false);
  });

  test('is gone on without when that is said with allowEmptyData', async ({ mainstay }) => {
    const server = await missingServer(mainstay);
    const { id } = worldOf(mainstay.host, server);
    damage(mainstay.host.dataOf(server.id));
    await mainstay.carryOut('start', server, { allowEmptyData: true });
    const again = await mainstay.server(server.id);
    expect(again).toMatchObject({ state: 'running', name: server.name, ports: server.ports });
    expect((await build(mainstay.host, again, 'hut')).id).not.toBe(id);
  });
});

test('data that was put back starts as if nothing had been', async ({ mainstay }) => {
  const server = await missingServer(mainstay);
  const { host } = mainstay;
  const world = worldOf(host, server);
  const aside = `${host.dataOf(server.id)}.aside`;
  renameSync(host.dataOf(server.id), aside);
  await expect(mainstay.ask('start', server)).rejects.toMatchObject({ code: 'data-missing' });
  renameSync(aside, host.dataOf(server.id));
  await mainstay.carryOut('start', server);
  expect(worldOf(host, server)).toMatchObject({ id: world.id, things: world.things });
});

test('whether the data exists is shown apart from the state', async ({ mainstay }) => {
  const server = await missingServer(mainstay);
  const sync = () => mainstay.call(contract.syncAgent, { params: { agentId: server.agentId } });
  await sync();
  expect(await mainstay.server(server.id)).toMatchObject({ state: 'missing', dataExists: 'yes' });
  rmSync(mainstay.host.dataOf(server.id), { recursive: true });
  await sync();
  const seen = await mainstay.server(server.id);
  expect(seen).toMatchObject({ state: 'missing', dataExists: 'no' });
  expect(seen.dataSeenAt).not.toBeNull();
});

describe('data of another server', () => {
  const foreign: [string, (mainstay: Installation, server: Server) => Promise<void>][] = [
    [
      'copied over its own',
      async ({ host, create }, server) => {
        const other = await create({ start: false });
        rmSync(host.dataOf(server.id), { recursive: true });
        cpSync(host.dataOf(other.id), host.dataOf(server.id), { recursive: true });
      },
    ],
    [
      'of another Mainstay',
      async ({ host }, server) => {
        const marker = join(host.dataOf(server.id), 'marker.json');
        const owner = JSON.parse(readFileSync(marker, 'utf8')) as object;
        writeFileSync(marker, JSON.stringify({ ...owner, installationId: '00000000-0000-4000-8000-000000000000' }));
      },
    ],
    ['whose owner cannot be told', async ({ host }, server) => rmSync(join(host.dataOf(server.id), 'marker.json'))],
  ];

  test.for(foreign)('%s refuses a start, allowEmptyData or not', async ([, damage], { mainstay }) => {
    const server = await missingServer(mainstay);
    await damage(mainstay, server);
    for (const allowEmptyData of [false, true]) {
      await expect(mainstay.ask('start', server, { allowEmptyData })).rejects.toMatchObject({
        code: 'data-foreign',
        detail: expect.stringContaining(mainstay.host.dataOf(server.id)),
      });
    }
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'missing', operation: null });
    expect(await mainstay.outside.containersOf(server.id)).toEqual([]);
  });

  test('is not removed by a purge with data', async ({ mainstay }) => {
    const { host } = mainstay;
    const server = await missingServer(mainstay);
    const marker = join(host.dataOf(server.id), 'marker.json');
    const owner = readFileSync(marker, 'utf8');
    writeFileSync(marker, owner.replaceAll(server.id, '00000000-0000-4000-8000-000000000000'));

    const purge = await mainstay.ask('purge', server, { removeData: true, confirmName: server.name });
    expect((await mainstay.untilWaiting(purge)).waitingFor).toContain('another server');
    expect(existsSync(worldFile(host, server))).toBe(true);
    // Whoever owns it puts it right; the purge is then done without anybody's asking again.
    writeFileSync(marker, owner);
    expect(await mainstay.ended(purge)).toMatchObject({ state: 'succeeded' });
    expect(existsSync(dirname(marker))).toBe(false);
  });
});

test('a world that goes under a running server is not begun anew by a restart', async ({ mainstay }) => {
  const { host, outside } = mainstay;
  const server = await mainstay.create({ env: { SAVE_SECONDS: '3600' } });
  const { Id } = await outside.inspect(server.name);
  rmSync(host.dataOf(server.id), { recursive: true });
  const restart = await mainstay.ended(await mainstay.ask('restart', server));
  expect(restart).toMatchObject({ state: 'failed', error: { code: 'data-missing' } });
  expect(await outside.inspect(server.name)).toMatchObject({ Id, State: { Running: true } });
  expect(await mainstay.server(server.id)).toMatchObject({ state: 'running' });
  expect(existsSync(host.dataOf(server.id))).toBe(false);
});
