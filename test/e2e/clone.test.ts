// Clones: another server like one that is there, with its settings only or with its world too. The source is never worse off for
// it, and what did not come whole is never started.

import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { contract } from '@mainstay/wire/contract';
import type { Operation } from '@mainstay/wire/operations';
import type { CloneServerInput, Server } from '@mainstay/wire/servers';
import { describe, expect } from 'vitest';
import type { Installation } from './harness/installation.ts';
import { build, freshName, portOf, sampleServer, type World, worldFile, worldOf } from './harness/sample.ts';
import { test } from './harness/scenario.ts';
import { until } from './harness/until.ts';

/** Asks for a clone, on ports that nobody else has, and answers with its creation as it was opened. */
const clone = async (mainstay: Installation, source: Server, wanted: Partial<CloneServerInput> = {}): Promise<Operation> => {
  const { ports } = await sampleServer();
  const body = { name: freshName('clone'), data: 'copy' as const, ports, ...wanted };
  return mainstay.call(contract.cloneServer, { params: { serverId: source.id }, body });
};

/** The same, to its end. */
async function cloned(mainstay: Installation, source: Server, wanted: Partial<CloneServerInput> = {}): Promise<Server> {
  const end = await mainstay.ended(await clone(mainstay, source, wanted));
  expect(end).toMatchObject({ state: 'succeeded', error: null });
  return mainstay.server(end.serverId);
}

async function lived(
  mainstay: Installation,
  wanted: Parameters<Installation['create']>[0] = {},
): Promise<{ source: Server; world: World }> {
  const source = await mainstay.create(wanted);
  return { source, world: await build(mainstay.host, source, 'tower') };
}

const happenings = async (mainstay: Installation, server: Pick<Server, 'id'>) =>
  (await mainstay.history(server.id)).map(({ happening }) => happening);

describe('a clone of the settings only', () => {
  test('is like its source in everything but name, ports and world', async ({ mainstay }) => {
    const { source, world } = await lived(mainstay, {
      env: { MOTD: 'Come in' },
      limits: { memoryMb: 256, cpus: 0.5 },
      console: { via: 'stdin', stopCommand: 'stop' },
      quota: { dataMb: 100, refuseStarts: false },
      retention: { hours: 5 },
    });
    const made = await cloned(mainstay, source, { data: 'none' });
    const { image, env, limits, stop, console, quota, retention, volumes, agentId } = source;
    expect(made).toMatchObject({ state: 'running', image, env, limits, stop, console, quota, retention, volumes, agentId, dataFrom: null });
    expect((await until('a world of its own', () => worldOf(mainstay.host, made))).id).not.toBe(world.id);
    expect(await mainstay.server(source.id)).toMatchObject({ state: 'running', containerId: source.containerId });
  });

  test('can be left stopped, and has the same ports, each with a free host port, unless they are named', async ({ mainstay }) => {
    const { source } = await lived(mainstay);
    const { ports } = await sampleServer();
    expect(await cloned(mainstay, source, { data: 'none', start: false, ports })).toMatchObject({ state: 'stopped', ports });
    const fresh = await cloned(mainstay, source, { data: 'none', start: false, ports: undefined });
    const inside = ({ name, protocol, containerPort }: Server['ports'][number]) => ({ name, protocol, containerPort });
    expect(fresh.ports.map(inside)).toEqual(source.ports.map(inside));
    expect(portOf(fresh, 'lobby')).not.toBe(portOf(source, 'lobby'));
  });
});

describe('a clone with its world', () => {
  test('has it; its source rested meanwhile, and runs again as before', async ({ mainstay }) => {
    const { source, world } = await lived(mainstay);
    const made = await cloned(mainstay, source);
    expect(made).toMatchObject({ state: 'running', dataExists: 'yes', dataFrom: null });
    expect(worldOf(mainstay.host, made)).toMatchObject({ id: world.id, things: world.things });

    const again = await mainstay.untilState(source.id, 'running');
    expect(again).toMatchObject({ intent: 'running', containerId: source.containerId });
    const seen = await happenings(mainstay, source);
    expect(seen).toContainEqual(expect.objectContaining({ kind: 'server-state', to: 'stopped', reason: { code: 'lent', to: made.name } }));
    expect(await happenings(mainstay, made)).toContainEqual(
      expect.objectContaining({ kind: 'server-copied', from: source.name, live: false, torn: 0 }),
    );
    // Each goes its own way from here.
    await build(mainstay.host, made, 'bridge');
    expect(worldOf(mainstay.host, source).things).toEqual(world.things);
  });

  test('of a server as it runs: that never stops, and the clone’s history says that it was so', async ({ mainstay }) => {
    const { source, world } = await lived(mainstay);
    const made = await cloned(mainstay, source, { source: 'live' });
    expect(worldOf(mainstay.host, made).id).toBe(world.id);
    expect(await mainstay.server(source.id)).toMatchObject({ state: 'running', stateSince: source.stateSince });
    expect(await happenings(mainstay, made)).toContainEqual(expect.objectContaining({ kind: 'server-copied', live: true }));
  });

  test('of a server that is stopped, missing or deleted leaves that as it is', async ({ mainstay }) => {
    const { source, world } = await lived(mainstay);
    await mainstay.carryOut('stop', source);
    expect(worldOf(mainstay.host, await cloned(mainstay, source, { start: false })).id).toBe(world.id);
    expect(await mainstay.server(source.id)).toMatchObject({ state: 'stopped', operation: null });
    await mainstay.outside.remove(source.name);
    await mainstay.untilState(source.id, 'missing');
    expect(worldOf(mainstay.host, await cloned(mainstay, source, { start: false })).id).toBe(world.id);
    expect(await mainstay.server(source.id)).toMatchObject({ state: 'missing', operation: null });
    await mainstay.carryOut('delete', source);
    expect(worldOf(mainstay.host, await cloned(mainstay, source, { start: false })).id).toBe(world.id);
    expect(await mainstay.server(source.id)).toMatchObject({ state: 'deleted', operation: null });
  });

  test('does not run the install script again over what it put there', async ({ mainstay }) => {
    const script = `require('fs').appendFileSync('/mnt/server/runs', 'x');`;
    const install = { volume: 'world', image: 'mainstay/sample-server:1', entrypoint: 'node', script };
    const { source } = await lived(mainstay, { install });
    const made = await cloned(mainstay, source);
    expect(readFileSync(join(mainstay.host.dataOf(made.id), 'volumes/world/runs'), 'utf8')).toBe('x');
  });
});

describe('a clone on another host', () => {
  test('has the world, to the last byte; both go their own way', async ({ mainstay }) => {
    const { host: attic, agentId } = await mainstay.addHost('attic');
    const { source, world } = await lived(mainstay);
    const made = await cloned(mainstay, source, { agentId });
    expect(made).toMatchObject({ agentId, state: 'running', dataExists: 'yes', dataFrom: null });
    expect(worldOf(attic, made)).toMatchObject({ id: world.id, things: world.things });
    expect(readdirSync(join(attic.home, 'data/.copies'))).toEqual([]);
    await mainstay.untilServer(source.id, 'the source as before', (seen) => seen.state === 'running' && seen.operation === null);
    await build(attic, made, 'bridge');
    expect(worldOf(mainstay.host, source).things).toEqual(world.things);
  });

  test('waits for a host that is away, whichever it is, and can be cancelled meanwhile', async ({ mainstay }) => {
    const { host: shed, agentId } = await mainstay.addHost('shed');
    const { source } = await lived(mainstay);
    await shed.stop();
    await mainstay.untilAgent(agentId, 'the shed away', ({ online }) => !online);
    const operation = await clone(mainstay, source, { agentId });
    expect(await mainstay.untilWaiting(operation)).toMatchObject({ waitingFor: 'the host to be heard again' });
    await mainstay.call(contract.cancelOperation, { params: { operationId: operation.id } });
    expect(await mainstay.ended(operation)).toMatchObject({ state: 'cancelled' });
    expect(await mainstay.server(source.id)).toMatchObject({ state: 'running', operation: null });
    expect(await mainstay.server(operation.serverId)).toMatchObject({ state: 'failed', dataFrom: { serverId: source.id } });

    shed.start();
    const start = await mainstay.ended(await mainstay.ask('start', { id: operation.serverId }));
    expect(start).toMatchObject({ state: 'succeeded', error: null });
    expect(worldOf(shed, { id: operation.serverId }).id).toBe(worldOf(mainstay.host, source).id);
  });
});

describe('secrets', () => {
  test('are kept, or made anew where that is asked for; and what is shown of them is nothing', async ({ mainstay }) => {
    const { source } = await lived(mainstay, { env: { TOKEN: { secret: 'kept-as-it-is' }, PASSWORD: { secret: 'to-be-made-anew' } } });
    const made = await cloned(mainstay, source, { newSecrets: ['PASSWORD'], data: 'none' });
    expect(made.env).toMatchObject({ TOKEN: null, PASSWORD: null });
    const { Env } = (await mainstay.outside.inspect(made.name)).Config;
    expect(Env).toContain('TOKEN=kept-as-it-is');
    const password = Env.find((each) => each.startsWith('PASSWORD='));
    expect(password).toMatch(/^PASSWORD=[\w-]{32,}$/);
  });
});

describe('what would make no clone', () => {
  const told = (promise: Promise<unknown>) =>
    promise.then(
      () => null,
      (error: unknown) => error,
    );

  test('is refused, and leaves nothing', async ({ mainstay }) => {
    const { source } = await lived(mainstay);
    const { agentId } = source;
    const before = (await mainstay.servers()).length;
    expect(await told(clone(mainstay, source, { name: source.name }))).toMatchObject({ code: 'name-taken' });
    expect(await told(clone(mainstay, source, { agentId: '00000000-0000-4000-8000-000000000000' }))).toMatchObject({
      code: 'invalid-request',
      detail: 'There is no agent with this id.',
    });
    expect(await told(clone(mainstay, source, { newSecrets: ['MOTD'] }))).toMatchObject({
      code: 'invalid-request',
      detail: expect.stringContaining('“MOTD” is no secret'),
    });
    expect(await told(clone(mainstay, source, { ports: source.ports }))).toMatchObject({ code: 'port-taken' });
    const drain = (draining: boolean) => mainstay.call(contract.configureAgent, { params: { agentId }, body: { draining } });
    await drain(true);
    expect(await told(clone(mainstay, source))).toMatchObject({ code: 'host-draining' });
    await drain(false);
    rmSync(worldFile(mainstay.host, source));
    expect(await told(clone(mainstay, source))).toMatchObject({ code: 'data-missing' });
    expect(await mainstay.servers()).toHaveLength(before);
    expect(await mainstay.server(source.id)).toMatchObject({ state: 'running', operation: null });
  });
});
