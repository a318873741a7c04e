// Purging is the only thing that forgets: container, record, name and ports go; the data goes only when that is said. A
// purge never claims more than was done: with the host away it waits.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import { describe, expect } from 'vitest';
import type { Installation } from './harness/installation.ts';
import { build, worldOf } from './harness/sample.ts';
import { test } from './harness/scenario.ts';

const deletedServer = async (mainstay: Installation): Promise<Server> => {
  const server = await mainstay.create();
  await build(mainstay.host, server, 'tower');
  await mainstay.carryOut('delete', server);
  return server;
};

/** What is left of a server in the record. */
async function expectForgotten(mainstay: Installation, server: Server): Promise<void> {
  await expect(mainstay.server(server.id)).rejects.toMatchObject({ code: 'not-found' });
  expect((await mainstay.servers()).map(({ id }) => id)).not.toContain(server.id);
  expect(await mainstay.outside.containersOf(server.id)).toEqual([]);
}

/** A server of the same name on the same ports can be had. */
async function expectFree(mainstay: Installation, { name, ports }: Server): Promise<Server> {
  const second = await mainstay.create({ name, ports });
  expect(second).toMatchObject({ name, ports, state: 'running' });
  return second;
}

const trashOf = (mainstay: Installation, server: Server): string[] => {
  const trash = join(mainstay.host.home, 'data/.trash');
  return existsSync(trash) ? readdirSync(trash).filter((name) => name.startsWith(server.id)) : [];
};

describe('purge', () => {
  test('without data: the record goes, name and ports are free again, the world stays on the disk', async ({ mainstay }) => {
    const { host } = mainstay;
    const server = await deletedServer(mainstay);
    await mainstay.carryOut('purge', server, { removeData: false, confirmName: server.name });

    await expectForgotten(mainstay, server);
    expect(worldOf(host, server).things).toEqual([{ name: 'tower', count: 1 }]);
    const second = await expectFree(mainstay, server);
    expect(worldOf(host, second).id).not.toBe(worldOf(host, server).id);
  });

  test('with data: the world is in the host’s trash, and nothing is left in its place', async ({ mainstay }) => {
    const server = await deletedServer(mainstay);
    await mainstay.carryOut('purge', server, { removeData: true, confirmName: server.name });

    await expectForgotten(mainstay, server);
    expect(existsSync(mainstay.host.dataOf(server.id))).toBe(false);
    expect(trashOf(mainstay, server)).toHaveLength(1);
    await expectFree(mainstay, server);
  });

  test('of a missing server needs no delete first', async ({ mainstay }) => {
    const server = await mainstay.create();
    await mainstay.outside.remove(server.name);
    await mainstay.untilState(server.id, 'missing');
    await mainstay.carryOut('purge', server, { removeData: true, confirmName: server.name });
    await expectForgotten(mainstay, server);
  });

  test('leaves the history of what it was: the purge tells whether data went', async ({ mainstay }) => {
    const server = await deletedServer(mainstay);
    const page = await mainstay.changes();
    await mainstay.carryOut('purge', server, { removeData: true, confirmName: server.name });
    const told = await page.first('the purge', ({ event }) => event?.happening.kind === 'server-purged' && event.serverId === server.id);
    expect(told.event?.happening).toEqual({ kind: 'server-purged', dataRemoved: true });
    expect(told.server).toBeNull();
  });

  test('asks for the server’s name, typed', async ({ mainstay }) => {
    const server = await deletedServer(mainstay);
    await expect(mainstay.ask('purge', server, { removeData: true, confirmName: 'another' })).rejects.toMatchObject({
      code: 'invalid-request',
      detail: expect.stringContaining(server.name),
    });
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'deleted', operation: null });
    expect(worldOf(mainstay.host, server).things).toHaveLength(1);
  });

  test('is refused for a server that runs, and says to delete it first', async ({ mainstay }) => {
    const server = await mainstay.create();
    await expect(mainstay.ask('purge', server, { removeData: true, confirmName: server.name })).rejects.toMatchObject({
      code: 'not-allowed-in-state',
      detail: expect.stringContaining('Delete it first'),
    });
  });
});

test('with the host away a purge waits, and finishes when it returns', async ({ mainstay }) => {
  const { host, outside } = mainstay;
  const server = await mainstay.create();
  await build(host, server, 'tower');
  await mainstay.carryOut('delete', server);
  await host.kill();
  await mainstay.untilAway();

  const purge = await mainstay.ask('purge', server, { removeData: true, confirmName: server.name });
  expect(await mainstay.untilWaiting(purge)).toMatchObject({ waitingFor: 'the host to be heard again', endedAt: null });
  expect(await mainstay.server(server.id)).toMatchObject({ state: 'deleting', operation: { id: purge.id }, host: { online: false } });
  expect(existsSync(host.dataOf(server.id))).toBe(true);
  await expect(mainstay.call(contract.createServer, { body: { name: server.name, image: server.image } })).rejects.toMatchObject({
    code: 'name-taken',
  });

  host.start();
  expect(await mainstay.ended(purge)).toMatchObject({ state: 'succeeded' });
  await expectForgotten(mainstay, server);
  expect(existsSync(host.dataOf(server.id))).toBe(false);
  expect(await outside.containersOf(server.id)).toEqual([]);
});
