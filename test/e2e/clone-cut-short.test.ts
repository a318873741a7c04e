// A clone is cut short: by a kill (SIGKILL) of manager or agents in the middle, by a person, by what happens outside. It ends
// right, or as a failure with its reason; its source is as it was, and nothing half made is ever started.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contract } from '@mainstay/wire/contract';
import type { Operation } from '@mainstay/wire/operations';
import type { CloneServerInput, Server } from '@mainstay/wire/servers';
import { describe, expect } from 'vitest';
import { groundOf } from '../faults/installation-ground.ts';
import { Promised, untilAllHold } from '../faults/invariants.ts';
import type { Host } from './harness/host.ts';
import type { Installation } from './harness/installation.ts';
import { build, freshName, sampleServer, type World, worldOf } from './harness/sample.ts';
import { proxied as test } from './harness/scenario.ts';
import { until } from './harness/until.ts';

const clone = async (mainstay: Installation, source: Server, wanted: Partial<CloneServerInput> = {}): Promise<Operation> => {
  const { ports } = await sampleServer();
  const body = { name: freshName('clone'), data: 'copy' as const, ports, ...wanted };
  return mainstay.call(contract.cloneServer, { params: { serverId: source.id }, body });
};

const volumeOf = (host: Host, server: Pick<Server, 'id'>) => join(host.dataOf(server.id), 'volumes/world');
const staged = (host: Host) => (existsSync(join(host.home, 'data/.copies')) ? readdirSync(join(host.home, 'data/.copies')) : []);

/** A server with a world, and beside it so much more that copying it takes a while. */
async function lived(mainstay: Installation, megabytes = 0): Promise<{ source: Server; world: World }> {
  const source = await mainstay.create();
  const world = await build(mainstay.host, source, 'tower');
  const regions = join(volumeOf(mainstay.host, source), 'region');
  mkdirSync(regions);
  for (let at = 0; at < megabytes; at += 1) writeFileSync(join(regions, `r.${at}.mca`), Buffer.alloc(1_000_000, at));
  return { source, world };
}

/** The clone has the whole world and runs; the source runs as before, and nobody holds it. */
async function expectBothWhole(mainstay: Installation, source: Server, { serverId }: Operation, host: Host, world: World): Promise<void> {
  const made = await mainstay.server(serverId);
  expect(made).toMatchObject({ state: 'running', operation: null, dataFrom: null, dataExists: 'yes' });
  expect(worldOf(host, made)).toMatchObject({ id: world.id, things: world.things });
  expect(
    execFileSync('diff', ['-r', join(volumeOf(mainstay.host, source), 'region'), join(volumeOf(host, made), 'region')]).toString(),
  ).toBe('');
  expect(staged(host)).toEqual([]);
  await expectSourceAsBefore(mainstay, source);
}

async function expectSourceAsBefore(mainstay: Installation, source: Server): Promise<void> {
  const again = await mainstay.untilServer(
    source.id,
    'the source running and free',
    ({ state, operation }) => state === 'running' && operation === null,
    60_000,
  );
  expect(again).toMatchObject({ intent: 'running', containerId: source.containerId });
  expect((await mainstay.outside.inspect(source.name)).State.Running).toBe(true);
  await untilAllHold(groundOf(mainstay), new Promised());
}

type Victim = 'manager' | 'agent';

async function killAndStart(mainstay: Installation, victim: Victim, host = mainstay.host): Promise<void> {
  if (victim === 'manager') {
    await mainstay.manager.kill();
    await mainstay.manager.start();
  } else {
    await host.kill();
    host.start();
  }
}

describe('on one host', () => {
  const moments: [string, (source: Server) => [RegExp, 'before' | 'after']][] = [
    ['as the source is about to be stopped', () => [/^POST \/containers\/[^/]+\/stop/, 'before']],
    ['as the source has just been stopped', () => [/^POST \/containers\/[^/]+\/stop/, 'after']],
    ['as the host looks how the source stands', ({ containerId }) => [new RegExp(`^GET /containers/${containerId}/json`), 'after']],
    ['as the clone’s container is made', () => [/^POST \/containers\/create/, 'after']],
  ];
  const cases = (['manager', 'agent'] as const).flatMap((victim) =>
    moments.map(([when, moment]): [Victim, string, (typeof moments)[number][1]] => [victim, when, moment]),
  );

  test.for(cases)('the %s killed %s', async ([victim, , moment], { mainstay, engine }) => {
    const { source, world } = await lived(mainstay, 3);
    const held = engine.hold(...moment(source));
    const operation = await clone(mainstay, source);
    await held.reached;
    await killAndStart(mainstay, victim);
    held.release();
    expect(await mainstay.ended(operation)).toMatchObject({ state: 'succeeded' });
    await expectBothWhole(mainstay, source, operation, mainstay.host, world);
  });

  test('nobody starts, rebuilds, deletes or purges the source under it, and each is told by what', async ({ mainstay, engine }) => {
    const { source } = await lived(mainstay);
    const held = engine.hold(/^POST \/containers\/[^/]+\/stop/, 'after');
    const operation = await clone(mainstay, source);
    await held.reached;
    for (const what of ['stop', 'restart', 'rebuild', 'delete'] as const) {
      await expect(mainstay.ask(what, source)).rejects.toMatchObject({
        code: 'operation-in-progress',
        extra: { operationId: operation.id },
        detail: expect.stringContaining('is being copied to'),
      });
    }
    await expect(clone(mainstay, source)).rejects.toMatchObject({ code: 'operation-in-progress' });
    expect((await mainstay.server(source.id)).operation).toMatchObject({ id: operation.id, serverName: operation.serverName });
    held.release();
    expect(await mainstay.ended(operation)).toMatchObject({ state: 'succeeded' });
    await expectSourceAsBefore(mainstay, source);
  });

  test('cancelled while its source is being stopped: that runs again, and nothing is left of the copy', async ({ mainstay, engine }) => {
    const { source } = await lived(mainstay, 3);
    const held = engine.hold(/^POST \/containers\/[^/]+\/stop/, 'after');
    const operation = await clone(mainstay, source);
    await held.reached;
    await mainstay.call(contract.cancelOperation, { params: { operationId: operation.id } });
    expect(await mainstay.ended(operation)).toMatchObject({ state: 'cancelled' });
    held.release();
    expect(await mainstay.server(operation.serverId)).toMatchObject({ state: 'failed', dataFrom: { serverId: source.id } });
    await expectSourceAsBefore(mainstay, source);
    expect(staged(mainstay.host)).toEqual([]);
    expect(existsSync(mainstay.host.dataOf(operation.serverId))).toBe(false);
  });

  test('deleted while it is made: its source runs again', async ({ mainstay, engine }) => {
    const { source } = await lived(mainstay, 3);
    const held = engine.hold(new RegExp(`^GET /containers/${source.containerId}/json`), 'after');
    const operation = await clone(mainstay, source);
    await held.reached;
    const deleting = await mainstay.ask('delete', { id: operation.serverId });
    held.release();
    expect(await mainstay.ended(deleting)).toMatchObject({ state: 'succeeded' });
    expect(await mainstay.server(operation.serverId)).toMatchObject({ state: 'deleted' });
    await expectSourceAsBefore(mainstay, source);
    expect(staged(mainstay.host)).toEqual([]);
  });

  test('a clone whose data never came is not started with an empty world, unless somebody says so', async ({ mainstay, engine }) => {
    const { source, world } = await lived(mainstay);
    const held = engine.hold(/^POST \/containers\/[^/]+\/stop/, 'after');
    const operation = await clone(mainstay, source);
    await held.reached;
    await mainstay.call(contract.cancelOperation, { params: { operationId: operation.id } });
    await mainstay.ended(operation);
    held.release();
    await expectSourceAsBefore(mainstay, source);
    await mainstay.carryOut('delete', source);
    await mainstay.carryOut('purge', source, { removeData: true, confirmName: source.name });

    const made = { id: operation.serverId };
    await expect(mainstay.ask('start', made)).rejects.toMatchObject({
      code: 'data-missing',
      detail: expect.stringContaining('still to be copied from a server that is not there any more'),
    });
    expect(existsSync(mainstay.host.dataOf(made.id))).toBe(false);
    await mainstay.carryOut('start', made, { allowEmptyData: true });
    expect(await mainstay.server(made.id)).toMatchObject({ state: 'running', dataFrom: null });
    expect((await until('an empty world', () => worldOf(mainstay.host, made))).id).not.toBe(world.id);
  });
});

describe('from one host to another', () => {
  /** Resolves once so much has been copied, and not all. */
  const midway = (mainstay: Installation, operation: Operation) =>
    until(
      'the copy under way',
      () => mainstay.call(contract.getOperation, { params: { operationId: operation.id } }),
      ({ step, progress }) => step === 'ensure-copied' && (progress?.done ?? 0) > 1_000_000,
      60_000,
    );

  test.for([
    'manager',
    'the host that copies',
    'the host that is copied from',
    'all of them',
  ] as const)('%s killed midway: it goes on, and ends whole', async (victim, { mainstay }) => {
    const { host: attic, agentId } = await mainstay.addHost(freshName('attic'));
    const { source, world } = await lived(mainstay, 200);
    const operation = await clone(mainstay, source, { agentId });
    const seen = await midway(mainstay, operation);
    expect(seen.progress?.done).toBeLessThan(200_000_000);
    const hosts = {
      manager: [],
      'the host that copies': [attic],
      'the host that is copied from': [mainstay.host],
      'all of them': [attic, mainstay.host],
    }[victim];
    await Promise.all(hosts.map((host) => host.kill()));
    if (victim === 'manager' || victim === 'all of them') await killAndStart(mainstay, 'manager');
    for (const host of hosts) host.start();
    expect(await mainstay.ended(operation, 100_000)).toMatchObject({ state: 'succeeded' });
    await expectBothWhole(mainstay, source, operation, attic, world);
  });

  test('a source that somebody starts outside meanwhile makes no copy that passes for whole', async ({ mainstay }) => {
    const { host: attic, agentId } = await mainstay.addHost(freshName('attic'));
    const { source } = await lived(mainstay, 100);
    const operation = await clone(mainstay, source, { agentId });
    await midway(mainstay, operation);
    await mainstay.outside.start(source.name);
    expect(await mainstay.ended(operation)).toMatchObject({
      state: 'failed',
      error: { code: 'copy-failed', detail: expect.stringContaining('started outside Mainstay') },
    });
    expect(existsSync(attic.dataOf(operation.serverId))).toBe(false);
    expect(staged(attic)).toEqual([]);
    await expectSourceAsBefore(mainstay, source);

    // Tried again, it comes whole.
    expect(await mainstay.ended(await mainstay.ask('start', { id: operation.serverId }), 100_000)).toMatchObject({ state: 'succeeded' });
    expect(worldOf(attic, { id: operation.serverId }).id).toBe(worldOf(mainstay.host, source).id);
  });

  test('cancelled midway: nothing is left of it, and its source runs again', async ({ mainstay }) => {
    const { host: attic, agentId } = await mainstay.addHost(freshName('attic'));
    const { source } = await lived(mainstay, 200);
    const operation = await clone(mainstay, source, { agentId });
    await midway(mainstay, operation);
    await mainstay.call(contract.cancelOperation, { params: { operationId: operation.id } });
    expect(await mainstay.ended(operation)).toMatchObject({ state: 'cancelled' });
    expect(staged(attic)).toEqual([]);
    expect(existsSync(attic.dataOf(operation.serverId))).toBe(false);
    await expectSourceAsBefore(mainstay, source);
  });

  test('a stop of another server, on either host, does not wait for it', async ({ mainstay }) => {
    const { host: attic, agentId } = await mainstay.addHost(freshName('attic'));
    const { source } = await lived(mainstay, 200);
    const others = [await mainstay.create(), await mainstay.create({ agentId })];
    const operation = await clone(mainstay, source, { agentId });
    await midway(mainstay, operation);
    for (const other of others) await mainstay.carryOut('stop', other);
    const { step } = await mainstay.call(contract.getOperation, { params: { operationId: operation.id } });
    expect(step).toBe('ensure-copied');
    await mainstay.ended(operation, 100_000);
    expect(staged(attic)).toEqual([]);
  });
});
