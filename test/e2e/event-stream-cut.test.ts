// Events are hints and may be lost. With the engine's event stream cut, everything is still noticed, a few seconds later;
// when the stream can be had again, it is noticed at once again.

import { describe, expect } from 'vitest';
import { becomes } from './harness/changes.ts';
import { build, worldOf } from './harness/sample.ts';
import { proxied as test } from './harness/scenario.ts';
import { until } from './harness/until.ts';

/** As promised to people: a full look every five seconds, whatever the events said. */
const noticedWithinMs = 6_000;
const noticedByEventWithinMs = 1_000;

describe('with the engine’s event stream cut', () => {
  test('docker rm -f shows as missing within six seconds, and Start brings the same world back', async ({ mainstay, engine }) => {
    const { host, outside } = mainstay;
    const server = await mainstay.create();
    const world = await build(host, server, 'tower');
    const page = await mainstay.changes();
    engine.cutEvents();

    const removedAt = await outside.remove(server.name);
    const change = await page.first('it missing', becomes(server, 'missing'));
    expect(change.receivedAt - removedAt).toBeLessThan(noticedWithinMs);

    await mainstay.carryOut('start', server);
    const again = await mainstay.server(server.id);
    expect(again).toMatchObject({ state: 'running', name: server.name, ports: server.ports, env: server.env, volumes: server.volumes });
    expect(worldOf(host, server)).toMatchObject({ id: world.id, things: world.things });
  });

  test('docker stop shows as stopped within six seconds', async ({ mainstay, engine }) => {
    const server = await mainstay.create();
    const page = await mainstay.changes();
    engine.cutEvents();

    const stoppedAt = await mainstay.outside.stop(server.name);
    const change = await page.first('it stopped', becomes(server, 'stopped'));

    expect(change.receivedAt - stoppedAt).toBeLessThan(noticedWithinMs);
    expect(change.server).toMatchObject({ stateCause: { exit: { code: 0 } } });
  });

  test('a removal shows within one second again once the stream can be had again', async ({ mainstay, engine }) => {
    const server = await mainstay.create();
    engine.cutEvents();
    await engine.behave();
    const asked = engine.requests.length;
    await until('the event stream opened again', () => engine.requests.slice(asked).some((request) => request.startsWith('GET /events')));
    const page = await mainstay.changes();

    const removedAt = await mainstay.outside.remove(server.name);
    const change = await page.first('it missing', becomes(server, 'missing'));
    expect(change.receivedAt - removedAt).toBeLessThan(noticedByEventWithinMs);
  });
});
