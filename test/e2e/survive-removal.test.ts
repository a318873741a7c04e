// The main job: a container is removed behind Mainstay's back, and the server is still there. It shows as missing at
// once, with nobody having asked, and Start makes it again from the record, around the same world.

import { contract } from '@mainstay/wire/contract';
import { describe, expect } from 'vitest';
import { becomes } from './harness/changes.ts';
import { build, worldOf } from './harness/sample.ts';
import { test } from './harness/scenario.ts';

/** As promised to people, from the moment `docker rm -f` has returned. */
const noticedWithinMs = 1_000;

describe('docker rm -f behind its back', () => {
  test('shows as missing within one second, nobody having asked', async ({ mainstay }) => {
    const server = await mainstay.create();
    const page = await mainstay.changes();

    const removedAt = await mainstay.outside.remove(server.name);
    const change = await page.first('it missing', becomes(server, 'missing'));

    expect(change.receivedAt - removedAt).toBeLessThan(noticedWithinMs);
    expect(change.server).toMatchObject({ state: 'missing', intent: 'running', stateReason: 'its container was removed outside Mainstay' });
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'missing', stateCause: { code: 'removed-outside' } });
  });

  test('leaves the server in the list, with everything that was recorded', async ({ mainstay }) => {
    const server = await mainstay.create();
    await mainstay.outside.remove(server.name);
    const missing = await mainstay.untilState(server.id, 'missing');

    const { items } = await mainstay.call(contract.listServers, { query: { q: server.name } });
    expect(items).toEqual([missing]);
    const { name, image, env, ports, volumes, limits, stop, restart, agentId } = server;
    expect(missing).toMatchObject({ name, image, env, ports, volumes, limits, stop, restart, agentId });
  });

  test('is undone by Start: same name, ports, env, volumes and world', async ({ mainstay }) => {
    const { host, outside } = mainstay;
    const server = await mainstay.create({ env: { MOTD: 'Months of work' }, limits: { memoryMb: 256, cpus: 1 } });
    const world = await build(host, server, 'tower');
    const before = await outside.inspect(server.name);
    await outside.remove(server.name);
    await mainstay.untilState(server.id, 'missing');

    await mainstay.carryOut('start', server);

    const again = await mainstay.server(server.id);
    expect(again).toMatchObject({ id: server.id, state: 'running', name: server.name, ports: server.ports, env: server.env });
    const after = await outside.inspect(server.name);
    expect(after.Id).not.toBe(before.Id);
    expect(again.containerId).toBe(after.Id);
    expect(after.Config).toEqual({ ...before.Config, Hostname: after.Config.Hostname });
    expect(after.HostConfig).toEqual(before.HostConfig);
    const bridge = await build(host, again, 'bridge');
    expect(bridge).toMatchObject({ id: world.id, boots: world.boots + 1 });
    expect(bridge.things).toEqual([...world.things, { name: 'bridge', count: 1 }]);
  });

  test('stands in the server’s history with its cause, and so does its coming back', async ({ mainstay }) => {
    const server = await mainstay.create();
    await mainstay.outside.remove(server.name);
    await mainstay.untilState(server.id, 'missing');
    await mainstay.carryOut('start', server);

    const history = await mainstay.history(server.id);
    const moves = history.filter(({ happening }) => happening.kind === 'server-state');
    expect(moves.map(({ happening, cause }) => ({ happening, by: cause.by }))).toMatchObject([
      { happening: { from: 'creating', to: 'running' }, by: 'operation' },
      { happening: { from: 'running', to: 'missing', reason: { code: 'removed-outside' } }, by: 'observation' },
      { happening: { from: 'missing', to: 'running', reason: { code: 'operation', operation: 'start' } }, by: 'operation' },
    ]);
  });

  test('happens to a stopped server too, and it stays its people’s wish that it is stopped', async ({ mainstay }) => {
    const server = await mainstay.create({ start: false });
    expect(server).toMatchObject({ state: 'stopped', intent: 'stopped' });
    await mainstay.outside.remove(server.name);
    expect(await mainstay.untilState(server.id, 'missing')).toMatchObject({ intent: 'stopped' });
  });

  test('is noticed when Mainstay itself was not running meanwhile', async ({ mainstay }) => {
    const { host, manager, outside } = mainstay;
    const server = await mainstay.create();
    const world = await build(host, server, 'tower');
    await Promise.all([manager.stop(), host.stop()]);
    expect(await outside.inspect(server.name)).toMatchObject({ State: { Running: true } });
    await outside.remove(server.name);

    await manager.start();
    host.start();

    await mainstay.untilState(server.id, 'missing');
    await mainstay.carryOut('start', server);
    expect(worldOf(host, server)).toMatchObject({ id: world.id, things: world.things });
  });
});
