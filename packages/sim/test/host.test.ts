// A simulated host against the real manager: its knobs do what they say, and whatever they do, what the manager records in
// the end is what the host has.

import { labels } from '@mainstay/core/bodies';
import { Fault } from '@mainstay/core/fault';
import { systemClock } from '@mainstay/manager/clock';
import { type Host, openHost } from '@mainstay/sim/host';
import { populate } from '@mainstay/sim/populate';
import { type Clock, seeded } from '@mainstay/sim/world';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../../test/e2e/harness/until.ts';
import { ownManager } from '../../manager/test/harness.ts';

/** What a host waits for is over so many times sooner. */
const sooner = 20;
const hastened: Clock = { now: () => Date.now(), pause: (ms, signal) => systemClock.pause(ms / sooner, signal) };

let manager: Awaited<ReturnType<typeof ownManager>>;
let host: Host;
beforeAll(async () => {
  manager = await ownManager();
  const { token: joinToken } = await manager.call(contract.createJoinToken, {});
  host = await openHost({
    managerUrl: manager.url,
    joinToken,
    name: 'attic',
    clock: hastened,
    random: seeded(7),
    usageEveryMs: 5_000,
    pullMs: 6_000,
  });
  await untilAgent(({ online, engine }) => online && engine !== null);
});
afterAll(async () => {
  await host.close();
  await manager.end();
});
beforeEach(() => host.knobs.behave());

const agent = () => manager.call(contract.getAgent, { params: { agentId: host.agentId } });
const untilAgent = (holds: (seen: Awaited<ReturnType<typeof agent>>) => boolean) => until('the host as it should be', agent, holds);
const seen = ({ id }: Pick<Server, 'id'>) => manager.call(contract.getServer, { params: { serverId: id } });
const untilState = (server: Pick<Server, 'id'>, state: Server['state']) =>
  until(
    `the server ${state}`,
    () => seen(server),
    (now) => now.state === state,
  );
const ended = (operationId: string) =>
  until(
    'the operation’s end',
    () => manager.call(contract.getOperation, { params: { operationId } }),
    ({ endedAt }) => endedAt !== null,
  );

let made = 0;
async function create(): Promise<Server> {
  made += 1;
  const wanted = {
    name: `server-${made}`,
    agentId: host.agentId,
    image: 'game/server:1',
    volumes: [{ name: 'world', containerPath: '/data' }],
  };
  const [operation] = await populate(manager.call, [wanted]);
  expect(operation).toMatchObject({ state: 'succeeded' });
  return manager.call(contract.getServer, { params: { serverId: operation!.serverId } });
}
const start = (server: Server) => manager.call(contract.startServer, { params: { serverId: server.id }, body: {} });
const stop = (server: Server) => manager.call(contract.stopServer, { params: { serverId: server.id } });
const moves = async ({ id }: Server) => {
  const { items } = await manager.call(contract.listServerEvents, { params: { serverId: id } });
  return items.toReversed().flatMap(({ happening }) => (happening.kind === 'server-state' ? [happening.to] : []));
};

describe('a call', () => {
  it('that fails once fails its operation, and is done when it is asked for again', async () => {
    const server = await create();
    await ended((await stop(server)).id);
    host.knobs.next('ensure-running', { how: 'fail', fault: new Fault('container-failed', 'The engine says: no.') });
    expect(await ended((await start(server)).id)).toMatchObject({ state: 'failed', error: { code: 'container-failed' } });
    expect(await ended((await start(server)).id)).toMatchObject({ state: 'succeeded' });
  });

  it('that was done and said to have failed shows as what it did', async () => {
    const server = await create();
    host.knobs.next('ensure-stopped', { how: 'fail', when: 'after', fault: new Fault('engine-failed', 'The engine says: no.') });
    expect(await ended((await stop(server)).id)).toMatchObject({ state: 'failed' });
    await untilState(server, 'stopped');
  });

  it('that is never answered is done again when the link was lost meanwhile', async () => {
    const server = await create();
    host.knobs.next('ensure-stopped', { how: 'mute' });
    const { id } = await stop(server);
    await until('the call', () => host.knobs.calls('ensure-stopped') > 0);
    expect(await seen(server)).toMatchObject({ state: 'running', operation: { id, step: 'ensure-stopped' } });
    host.cutLink();
    expect(await ended(id)).toMatchObject({ state: 'succeeded' });
  });

  it('that is answered late is done at once, and known late', async () => {
    const server = await create();
    host.knobs.next('ensure-stopped', { how: 'late', when: 'after', ms: 4_000 });
    const { endedAt } = await ended((await stop(server)).id);
    const { exit } = host.outside.inspect(server.name);
    expect(endedAt! - exit!.at).toBeGreaterThan(4_000 / sooner - 10);
  });

  it('that is held is in the middle of itself for as long as one likes', async () => {
    const server = await create();
    const held = host.knobs.hold('ensure-stopped', 'after');
    const { id } = await stop(server);
    await held.reached;
    expect(host.outside.inspect(server.name)).toMatchObject({ state: 'exited' });
    expect(await seen(server)).toMatchObject({ operation: { id } });
    held.release();
    expect(await ended(id)).toMatchObject({ state: 'succeeded' });
  });
});

describe('a pull', () => {
  it('tells of its progress, and is made once', async () => {
    const wanted = { name: 'pulling', agentId: host.agentId, image: 'game/other:1' };
    const operation = await manager.call(contract.createServer, { body: wanted });
    await until(
      'its progress',
      () => manager.call(contract.getOperation, { params: { operationId: operation.id } }),
      ({ step, progress }) => step === 'ensure-image' && progress?.unit === 'bytes',
    );
    expect(await ended(operation.id)).toMatchObject({ state: 'succeeded' });
    const { items } = await manager.call(contract.listImages, { params: { agentId: host.agentId } });
    expect(items.map(({ reference }) => reference)).toContain(wanted.image);
  });
});

describe('what is seen', () => {
  it('is told again until the manager has recorded it', async () => {
    const server = await create();
    const told = host.knobs.calls('tell');
    for (const when of ['before', 'after', 'before'] as const)
      host.knobs.next('tell', { how: 'fail', when, fault: new Fault('host-away', 'Not heard.') });
    host.outside.remove(server.name);
    await untilState(server, 'missing');
    await until('it told once more than the manager took', () => host.knobs.calls('tell') >= told + 4);
  });

  it('before something newer changes nothing, however late it comes', async () => {
    const server = await create();
    const late = host.knobs.hold('look', 'after');
    host.outside.stop(server.name);
    await late.reached;
    host.outside.start(server.name);
    await manager.call(contract.syncAgent, { params: { agentId: host.agentId } });
    late.release();
    await untilState(server, 'running');
    const other = await create();
    host.outside.remove(other.name);
    // What is told of another is told after what was late.
    await untilState(other, 'missing');
    expect(await moves(server)).toEqual(['running']);
  });

  it('without its engine’s events is seen at the next look', async () => {
    const server = await create();
    host.knobs.deaf = true;
    host.outside.stop(server.name);
    expect(await untilState(server, 'stopped')).toMatchObject({ stateCause: { exit: { asked: null } } });
  });

  it('of data is its size too', async () => {
    const server = await create();
    await manager.call(contract.syncAgent, { params: { agentId: host.agentId } });
    await until(
      'its size',
      () => seen(server),
      ({ volumeBytes }) => volumeBytes !== null && volumeBytes['world'] === host.machine.data.volumeBytes(server.id)?.['world'],
    );
  });

  it('of what has no events is seen once a minute: data that went, a disk that filled', async () => {
    const server = await create();
    const { freeBytes } = host.machine.disk;
    host.outside.loseData(server.id);
    host.outside.leaveFree(freeBytes / 2);
    await until(
      'the data gone',
      () => seen(server),
      ({ dataExists }) => dataExists === 'no',
    );
    await untilAgent(({ facts }) => facts?.diskFreeBytes === freeBytes / 2);
    host.outside.leaveFree(freeBytes);
  });

  it('by a look that fails is nothing, and no state changes', async () => {
    const server = await create();
    host.knobs.draw = (call) => (call === 'look' ? { how: 'fail', fault: new Fault('engine-unreachable', 'The list broke off.') } : null);
    host.outside.remove(server.name);
    await untilAgent(({ engine }) => engine?.state === 'unreachable');
    expect(await seen(server)).toMatchObject({ state: 'running' });
    host.knobs.behave();
    await untilState(server, 'missing');
  });

  it('of a second container with a server’s label is a stray, which can be removed', async () => {
    const server = await create();
    const copy = host.outside.copy(server.name, `${server.name}-copy`);
    const { strays } = await untilAgent((now) => now.strays.length > 0);
    expect(strays).toEqual([{ containerId: copy.id, name: copy.name, serverId: server.id }]);
    await manager.call(contract.removeStray, { params: { agentId: host.agentId, containerId: copy.id } });
    expect(host.outside.containersOf(server.id)).toMatchObject([{ id: server.containerId, labels: { [labels.name]: server.name } }]);
  });

  it('of what running servers use is shown of each, however many they are', async () => {
    const names = Array.from({ length: 120 }, (_, at) => `crowd-${at}`);
    await populate(
      manager.call,
      names.map((name) => ({ name, agentId: host.agentId, image: 'game/server:1' })),
    );
    await until(
      'a sample of each',
      async () => (await manager.call(contract.listServers, { query: { q: 'crowd-', limit: 200 } })).items,
      (servers) => servers.length === names.length && servers.every(({ usage }) => usage !== null),
    );
  });
});

describe('the link', () => {
  it('that is cut is dialled again', async () => {
    const before = (await agent()).since;
    host.cutLink();
    await untilAgent(({ online, since }) => online && since > before);
  });

  it('that swallows everything is given up and dialled again', async () => {
    const server = await create();
    host.silenceLink();
    host.outside.remove(server.name);
    await untilState(server, 'missing');
  });

  it('of an agent that is stopped is gone, and of one that is started there again', async () => {
    const server = await create();
    await host.stop();
    await untilAgent(({ online }) => !online);
    host.outside.remove(server.name);
    host.start();
    await untilState(server, 'missing');
  });
});

describe('a disk', () => {
  const measured = async () => {
    const { disk: before } = await agent();
    await manager.call(contract.syncAgent, { params: { agentId: host.agentId } });
    await untilAgent(({ disk }) => disk !== null && disk.at > (before?.at ?? 0));
    return agent();
  };
  const events = async () => {
    const rows = await manager.store.db.selectFrom('events').select('happening_json').where('agent_id', '=', host.agentId).execute();
    return rows.map(({ happening_json }) => JSON.parse(happening_json)).filter(({ kind }) => kind === 'agent-disk');
  };

  it('that is nearly full is told of once, and again when it has room; one that cannot be looked at is as it was', async () => {
    expect(await measured()).toMatchObject({ nearlyFull: false });
    host.machine.disk = { freeBytes: 5e9, totalBytes: 1e12 };
    expect(await measured()).toMatchObject({ nearlyFull: true });
    host.machine.disk = { freeBytes: 21e9, totalBytes: 1e12 };
    expect(await measured()).toMatchObject({ nearlyFull: true });
    host.knobs.next('host.measure', { how: 'fail', fault: new Fault('internal', 'The disk says: no.') });
    await manager.call(contract.syncAgent, { params: { agentId: host.agentId } });
    await until('the measuring', () => host.knobs.calls('host.measure') >= 4);
    expect(await agent()).toMatchObject({ nearlyFull: true });
    host.machine.disk = { freeBytes: 400e9, totalBytes: 1e12 };
    expect(await measured()).toMatchObject({ nearlyFull: false });
    expect(await events()).toMatchObject([{ nearlyFull: true, freeBytes: 5e9 }, { nearlyFull: false }]);
  });
});
