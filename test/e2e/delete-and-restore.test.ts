// Deleting is soft: the container goes, and everything that could not be had again stays: data, name, ports. Restore
// brings the server back to where Start is all that it takes.

import type { Fault } from '@mainstay/core/fault';
import { contract } from '@mainstay/wire/contract';
import { describe, expect } from 'vitest';
import { build, buildUnsaved, freshName, portOf, sampleServer, worldOf } from './harness/sample.ts';
import { test } from './harness/scenario.ts';

describe('a deleted server', () => {
  test('has no container any more; its data, name and ports are kept', async ({ mainstay }) => {
    const { host, outside } = mainstay;
    const server = await mainstay.create();
    const world = await build(host, server, 'tower');

    await mainstay.carryOut('delete', server);

    const deleted = await mainstay.server(server.id);
    expect(deleted).toMatchObject({ state: 'deleted', name: server.name, ports: server.ports, containerId: null });
    expect(deleted.deletedAt).not.toBeNull();
    expect(deleted.purgeAt).toBe((deleted.deletedAt ?? 0) + 24 * 60 * 60 * 1000);
    expect(await outside.containersOf(server.id)).toEqual([]);
    expect(worldOf(host, server)).toMatchObject({ id: world.id, things: world.things });
  });

  test('is in the list only for who asks for deleted ones', async ({ mainstay }) => {
    const server = await mainstay.create();
    await mainstay.carryOut('delete', server);
    const listed = async (includeDeleted: 'true' | 'false') =>
      (await mainstay.call(contract.listServers, { query: { q: server.name, includeDeleted } })).items.map(({ name }) => name);
    expect(await listed('false')).toEqual([]);
    expect(await listed('true')).toEqual([server.name]);
  });

  test('refuses its name to a second server, and says that it can be restored or purged', async ({ mainstay }) => {
    const server = await mainstay.create();
    await mainstay.carryOut('delete', server);
    const second = mainstay.call(contract.createServer, { body: await sampleServer({ name: server.name }) });
    await expect(second).rejects.toMatchObject({
      code: 'name-taken',
      detail: expect.stringMatching(new RegExp(`“${server.name}” belongs to another server.*restore it, or purge it`)),
    } satisfies Partial<Fault>);
  });

  test('refuses its ports to a second server, and names who has them', async ({ mainstay }) => {
    const server = await mainstay.create();
    await mainstay.carryOut('delete', server);
    const hostPort = portOf(server, 'lobby');
    const name = freshName();
    const ports = [{ name: 'lobby', protocol: 'tcp', containerPort: 7777, hostPort }] as const;
    const second = mainstay.call(contract.createServer, { body: await sampleServer({ name, ports: [...ports] }) });
    await expect(second).rejects.toMatchObject({
      code: 'port-taken',
      detail: expect.stringContaining(`Host port ${hostPort}/tcp belongs to server “${server.name}”`),
    });
    expect((await mainstay.servers()).some((each) => each.name === name)).toBe(false);
  });

  test('refuses to be started, and says to restore it first', async ({ mainstay }) => {
    const server = await mainstay.create();
    await mainstay.carryOut('delete', server);
    await expect(mainstay.ask('start', server)).rejects.toMatchObject({
      code: 'not-allowed-in-state',
      detail: 'It is deleted. Restore it first.',
    });
  });

  test('is missing once restored, and starts with the same world', async ({ mainstay }) => {
    const { host } = mainstay;
    const server = await mainstay.create();
    const world = await build(host, server, 'tower');
    await mainstay.carryOut('delete', server);

    await mainstay.carryOut('restore', server);
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'missing', deletedAt: null, purgeAt: null, stateReason: 'restored' });

    await mainstay.carryOut('start', server);
    const again = await mainstay.server(server.id);
    expect(again).toMatchObject({ state: 'running', name: server.name, ports: server.ports, env: server.env, volumes: server.volumes });
    const bridge = await build(host, again, 'bridge');
    expect(bridge.id).toBe(world.id);
    expect(bridge.things).toEqual([...world.things, { name: 'bridge', count: 1 }]);
  });

  test('whose container somebody had removed before goes the same way', async ({ mainstay }) => {
    const server = await mainstay.create();
    await mainstay.outside.remove(server.name);
    await mainstay.untilState(server.id, 'missing');
    await mainstay.carryOut('delete', server);
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'deleted' });
  });
});

test('a server is given its grace to save before it is deleted', async ({ mainstay }) => {
  const { host } = mainstay;
  // Saves only as it ends: what was built is on the disk because the stop was waited for.
  const server = await mainstay.create({ env: { SAVE_SECONDS: '3600', STOP_SECONDS: '1.5' } });
  await buildUnsaved(server, 'tower');
  expect(worldOf(host, server).things).toEqual([]);

  await mainstay.carryOut('delete', server);
  expect(worldOf(host, server).things).toEqual([{ name: 'tower', count: 1 }]);
});
