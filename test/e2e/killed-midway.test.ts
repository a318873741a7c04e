// The manager or the agent is killed (SIGKILL) in the middle of an operation, at a moment that the engine proxy holds
// still: a request not yet made, or made and its answer never heard. Started again, it ends right: nothing doubled, nothing
// lost. An operation is a row before anything happens, and every step can be done again.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contract } from '@mainstay/wire/contract';
import type { Operation } from '@mainstay/wire/operations';
import type { Server } from '@mainstay/wire/servers';
import { describe, expect } from 'vitest';
import { SAMPLE_IMAGE } from '../../tools/sample-image.ts';
import { groundOf } from '../faults/installation-ground.ts';
import { Promised, untilAllHold } from '../faults/invariants.ts';
import type { EngineProxy } from './harness/engine-proxy.ts';
import type { Installation } from './harness/installation.ts';
import { build, sampleServer, type World, worldOf } from './harness/sample.ts';
import { proxied as test } from './harness/scenario.ts';

/** A request of the agent's, and on which side of it the killing falls. */
type Moment = [RegExp, 'before' | 'after'];

const making: Moment[] = [
  [/^POST \/containers\/create/, 'before'],
  [/^POST \/containers\/create/, 'after'],
  [/^POST \/containers\/[^/]+\/start/, 'before'],
  [/^POST \/containers\/[^/]+\/start/, 'after'],
];
const replacing: Moment[] = [
  [/^POST \/containers\/create/, 'after'],
  [/^POST \/containers\/[^/]+\/stop/, 'after'],
  [/^POST \/containers\/[^/]+\/rename/, 'after'],
  [/^POST \/containers\/[^/]+\/start/, 'before'],
  [/^DELETE \/containers\//, 'after'],
];

type Victim = 'manager' | 'agent';

/** Asks, waits for the moment, kills and starts again, and resolves with how the operation ended. */
async function killAt(
  { mainstay, engine }: { mainstay: Installation; engine: EngineProxy },
  victim: Victim,
  [which, when]: Moment,
  ask: () => Promise<Operation>,
): Promise<Operation> {
  const { host, manager } = mainstay;
  const held = engine.hold(which, when);
  const operation = await ask();
  await held.reached;
  if (victim === 'manager') {
    await manager.kill();
    await manager.start();
  } else {
    await host.kill();
    host.start();
  }
  held.release();
  return mainstay.ended(operation);
}

/** One container with its label, which is the recorded one and runs under its name, with its world. */
async function expectWhole(mainstay: Installation, serverId: string, world?: World): Promise<Server> {
  const server = await mainstay.server(serverId);
  expect(server).toMatchObject({ state: 'running', intent: 'running', operation: null, dataExists: 'yes' });
  expect(await mainstay.outside.containersOf(serverId)).toMatchObject([
    { Id: server.containerId, State: 'running', Names: [`/${server.name}`] },
  ]);
  if (world) expect(worldOf(mainstay.host, server)).toMatchObject({ id: world.id, things: world.things });
  await untilAllHold(groundOf(mainstay), new Promised());
  return server;
}

const cases = (moments: Moment[]): [Victim, RegExp, 'before' | 'after'][] =>
  (['manager', 'agent'] as const).flatMap((victim) =>
    moments.map(([which, when]): [Victim, RegExp, 'before' | 'after'] => [victim, which, when]),
  );

const named = async (mainstay: Installation): Promise<{ server: Server; world: World }> => {
  const server = await mainstay.create();
  return { server, world: await build(mainstay.host, server, 'tower') };
};

describe('create', () => {
  test.for(cases(making))('the %s killed at %s, %s', async ([victim, which, when], { mainstay, engine }) => {
    const body = await sampleServer();
    const create = await killAt({ mainstay, engine }, victim, [which, when], () => mainstay.call(contract.createServer, { body }));
    expect(create).toMatchObject({ state: 'succeeded' });
    const server = await expectWhole(mainstay, create.serverId);
    expect((await build(mainstay.host, server, 'tower')).things).toEqual([{ name: 'tower', count: 1 }]);
  });
});

describe('create with an install script', () => {
  const install = {
    volume: 'world',
    image: SAMPLE_IMAGE,
    entrypoint: 'node',
    script: `require('fs').appendFileSync('/mnt/server/runs', 'x');`,
  };
  // The first container that is made is the script's.
  const installing: Moment[] = [...making, [/^DELETE \/containers\//, 'after']];

  test.for(cases(installing))('the %s killed at %s, %s', async ([victim, which, when], { mainstay, engine }) => {
    const body = await sampleServer({ install });
    const create = await killAt({ mainstay, engine }, victim, [which, when], () => mainstay.call(contract.createServer, { body }));
    expect(create).toMatchObject({ state: 'succeeded' });
    const server = await expectWhole(mainstay, create.serverId);
    expect(readFileSync(join(mainstay.host.dataOf(server.id), 'volumes', 'world', 'runs'), 'utf8')).toBe('x');
    const containers = await mainstay.outside.containersOfInstallation(mainstay.id);
    expect(containers.filter(({ Labels }) => Labels['mainstay.install'] !== undefined)).toEqual([]);
  });
});

describe('start of a missing server', () => {
  test.for(cases(making))('the %s killed at %s, %s', async ([victim, which, when], { mainstay, engine }) => {
    const { server, world } = await named(mainstay);
    await mainstay.outside.remove(server.name);
    await mainstay.untilState(server.id, 'missing');
    const start = await killAt({ mainstay, engine }, victim, [which, when], () => mainstay.ask('start', server));
    expect(start).toMatchObject({ state: 'succeeded' });
    const again = await expectWhole(mainstay, server.id, world);
    expect(again).toMatchObject({ name: server.name, ports: server.ports, env: server.env });
  });
});

describe('rebuild', () => {
  test.for(cases(replacing))('the %s killed at %s, %s', async ([victim, which, when], { mainstay, engine }) => {
    const { server, world } = await named(mainstay);
    await mainstay.call(contract.configureServer, {
      params: { serverId: server.id },
      body: { env: { ...server.env, MOTD: 'The new one' } },
    });
    const rebuild = await killAt({ mainstay, engine }, victim, [which, when], () => mainstay.ask('rebuild', server));
    expect(rebuild).toMatchObject({ state: 'succeeded' });
    const rebuilt = await expectWhole(mainstay, server.id, world);
    expect(rebuilt.containerId).not.toBe(server.containerId);
    expect(rebuilt.outdated).toEqual([]);
    expect((await mainstay.outside.inspect(server.name)).Config.Env).toContain('MOTD=The new one');
  });
});

describe('purge with data', () => {
  test.for(['manager', 'agent'] as const)('the %s killed as the host looks for what is to go', async (victim, { mainstay, engine }) => {
    const { server } = await named(mainstay);
    await mainstay.carryOut('delete', server);
    const look: Moment = [new RegExp(`^GET /containers/json.*${server.id}`), 'before'];
    const purge = await killAt({ mainstay, engine }, victim, look, () =>
      mainstay.ask('purge', server, { removeData: true, confirmName: server.name }),
    );
    expect(purge).toMatchObject({ state: 'succeeded' });
    await expect(mainstay.server(server.id)).rejects.toMatchObject({ code: 'not-found' });
    expect(await mainstay.outside.containersOf(server.id)).toEqual([]);
    expect(existsSync(mainstay.host.dataOf(server.id))).toBe(false);
    const second = await mainstay.create({ name: server.name, ports: server.ports });
    expect(second).toMatchObject({ state: 'running' });
  });
});

test('both killed at one moment, in the middle of a rebuild', async ({ mainstay, engine }) => {
  const { host, manager } = mainstay;
  const { server, world } = await named(mainstay);
  const held = engine.hold(/^POST \/containers\/[^/]+\/rename/, 'after');
  const rebuild = await mainstay.ask('rebuild', server);
  await held.reached;
  await Promise.all([manager.kill(), host.kill()]);
  held.release();
  host.start();
  await manager.start();
  expect(await mainstay.ended(rebuild)).toMatchObject({ state: 'succeeded' });
  const rebuilt = await expectWhole(mainstay, server.id, world);
  expect(rebuilt.containerId).not.toBe(server.containerId);
});
