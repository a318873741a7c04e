// The lifecycle, as every kind of host must bear it out: the real agent on the real engine, and a simulated host. What one
// does and the other does not would make every test on made-up hosts a tale.

import { contract } from '@mainstay/wire/contract';
import type { CreateServerInput, Server } from '@mainstay/wire/servers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SAMPLE_IMAGE } from '../../tools/sample-image.ts';
import { openConsole } from './harness/console.ts';
import { freshName, portOf, sampleServer } from './harness/sample.ts';
import { openRealStage, openSimulatedStage, type Stage } from './harness/stage.ts';
import { until } from './harness/until.ts';

const stages: [string, () => Promise<Stage>][] = [
  ['the real agent and engine', openRealStage],
  ['a simulated host', openSimulatedStage],
];

describe.for(stages)('on %s', ([, open]) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await open();
  });
  afterAll(() => stage.close());
  beforeEach(({ onTestFailed }) => {
    const mark = stage.logMark();
    onTestFailed(() => void process.stderr.write(`${stage.logs(mark)}\n`));
  });

  /** A running server with a world. */
  const runningServer = async (wanted?: Partial<CreateServerInput>) => {
    const server = await stage.create(wanted);
    expect(server).toMatchObject({ state: 'running', dataExists: 'yes', operation: null });
    return { server, world: await stage.worldOf(server) };
  };
  const missingServer = async () => {
    const { server, world } = await runningServer();
    await stage.outside.remove(server);
    return { server: await stage.untilState(server.id, 'missing'), world };
  };
  const expectSame = async (server: Server, world: string) => {
    expect(await stage.server(server.id)).toMatchObject({ state: 'running', name: server.name, ports: server.ports, env: server.env });
    expect(await stage.worldOf(server)).toBe(world);
    expect(await stage.containersOf(server)).toMatchObject([{ name: server.name, runs: true }]);
  };
  const type = (server: Server, line: string) => stage.call(contract.sendConsole, { params: { serverId: server.id }, body: { line } });
  const configure = (server: Server, env: Record<string, string>) =>
    stage.call(contract.configureServer, { params: { serverId: server.id }, body: { env: { ...server.env, ...env } } });
  const crashes = async (server: Server) => {
    const history = await stage.history(server.id);
    return history.map(({ happening }) => happening).filter(({ kind }) => kind === 'server-crashed');
  };

  test('a server is stopped and started in the same container, around the same world', async () => {
    const { server, world } = await runningServer();
    const [container] = await stage.containersOf(server);
    await stage.carryOut('stop', server);
    expect(await stage.server(server.id)).toMatchObject({ state: 'stopped', stateReason: 'stopped', containerId: container?.id });
    expect(await stage.containersOf(server)).toMatchObject([{ id: container?.id, runs: false }]);
    await stage.carryOut('start', server);
    await stage.carryOut('restart', server);
    await expectSame(server, world);
    expect((await stage.server(server.id)).containerId).toBe(container?.id);
  });

  test('one whose container was removed behind its back is missing, and Start brings it back', async () => {
    const { server, world } = await missingServer();
    expect(server).toMatchObject({ intent: 'running', stateCause: { code: 'removed-outside' }, dataExists: 'yes' });
    await stage.carryOut('start', server);
    await expectSame(server, world);
    expect((await stage.server(server.id)).containerId).not.toBe(server.containerId);
  });

  test('what others do to its container shows with who asked for it', async () => {
    const { server } = await runningServer();
    await stage.outside.stop(server);
    expect(await stage.untilState(server.id, 'stopped')).toMatchObject({
      intent: 'running',
      stateCause: { code: 'stopped-outside', exit: { code: 0, asked: true, outOfMemory: false } },
    });
    await stage.outside.start(server);
    expect(await stage.untilState(server.id, 'running')).toMatchObject({ stateCause: { code: 'started-outside' } });
    await stage.outside.kill(server);
    expect(await stage.untilState(server.id, 'stopped')).toMatchObject({ stateCause: { exit: { code: 137, asked: true } } });
  });

  test('a crash stops it, with its exit code', async () => {
    const { server } = await runningServer({ restart: 'no' });
    await type(server, 'crash 3');
    expect(await stage.untilState(server.id, 'stopped')).toMatchObject({
      stateCause: { code: 'crashed', exit: { code: 3, asked: false, outOfMemory: false } },
    });
    await expect(type(server, 'list')).rejects.toMatchObject({ code: 'container-gone' });
  });

  test('one that knows words for it is asked to stop by them, and says when it can be used', async () => {
    const { server } = await runningServer({
      console: { via: 'stdin', stopCommand: 'stop' },
      ready: { line: '\\[ready\\] lobby (open|full)', regex: true },
    });
    await stage.untilServer(server.id, 'the server ready', ({ readyAt }) => readyAt !== null);
    await stage.carryOut('stop', server);
    expect(await stage.server(server.id)).toMatchObject({ state: 'stopped', stateReason: 'stopped', readyAt: null });
    const happened = (await stage.history(server.id)).map(({ happening }) => happening);
    expect(happened).toContainEqual({ kind: 'server-stopped-by', rung: 'command' });
    expect(happened).toContainEqual({ kind: 'server-ready' });
    expect(await crashes(server)).toEqual([]);
  });

  test('one whose install script fails is failed, with its exit code, and not made', async () => {
    const install = { volume: 'world', image: SAMPLE_IMAGE, entrypoint: 'node', script: 'process.exit(3)' };
    const body = await sampleServer({ install });
    const create = await stage.ended(await stage.call(contract.createServer, { body }));
    expect(create).toMatchObject({ state: 'failed', error: { code: 'install-failed', detail: expect.stringContaining('exit code 3') } });
    expect(await stage.server(create.serverId)).toMatchObject({ state: 'failed' });
    expect(await stage.containersOf({ id: create.serverId })).toEqual([]);
    const mended = { install: { ...install, script: 'process.exit(0)' } };
    await stage.call(contract.configureServer, { params: { serverId: create.serverId }, body: mended });
    await stage.carryOut('start', { id: create.serverId });
    expect(await stage.server(create.serverId)).toMatchObject({ state: 'running', dataExists: 'yes' });
  });

  test('a crash that the restart policy hides is in its history, and it runs on', async () => {
    const { server, world } = await runningServer({ restart: 'unless-stopped' });
    await type(server, 'crash 3');
    await until(
      'the crash in the history',
      () => crashes(server),
      (seen) => seen.length > 0,
    );
    expect(await crashes(server)).toMatchObject([{ exit: { code: 3, asked: false, outOfMemory: false } }]);
    await until(
      'the container started again',
      () => stage.containersOf(server),
      ([container]) => container?.runs === true,
    );
    await expectSame(server, world);
  });

  test('more memory than it has ends it, and that is said', async () => {
    const { server } = await runningServer({ restart: 'no', limits: { memoryMb: 96, cpus: null } });
    await type(server, 'eat 400');
    expect(await stage.untilState(server.id, 'stopped')).toMatchObject({
      stateCause: { code: 'out-of-memory', exit: { code: 137, outOfMemory: true, asked: false } },
    });
  });

  test('its console shows its log as it comes, takes commands, and says when it stopped', async ({ onTestFinished }) => {
    const { server } = await runningServer();
    const view = await openConsole(stage, server);
    onTestFinished(() => view.close());
    await view.shows('[ready] lobby open');
    await type(server, 'say good evening');
    await view.shows('[chat] <console> good evening');
    const { lines } = await stage.call(contract.getServerLogs, { params: { serverId: server.id } });
    expect(lines.map(({ text }) => text)).toContain('[chat] <console> good evening');
    await stage.carryOut('stop', server);
    await until('the end told', () => view.seen.some(({ kind }) => kind === 'end'));
  });

  test('a console over RCON answers, and says why when it cannot', async () => {
    const { server } = await runningServer({ console: { via: 'rcon', containerPort: 27015, passwordEnv: 'RCON_PASSWORD' } });
    const told = await until('RCON open', () => type(server, 'list'));
    expect(told.answer).toMatch(/^0 of 16 players:/);
    await stage.call(contract.configureServer, { params: { serverId: server.id }, body: { console: { via: 'none' } } });
    await expect(type(server, 'list')).rejects.toMatchObject({ code: 'console-unavailable' });
  });

  test('a rebuild replaces its container, around the same world', async () => {
    const { server, world } = await runningServer();
    expect(await configure(server, { MOTD: 'The new one' })).toMatchObject({ outdated: ['env'] });
    await stage.carryOut('rebuild', server);
    const rebuilt = await stage.server(server.id);
    expect(rebuilt).toMatchObject({ outdated: [], env: { MOTD: 'The new one' } });
    expect(rebuilt.containerId).not.toBe(server.containerId);
    await expectSame(rebuilt, world);
  });

  test('a rebuild whose container does not stay up leaves the old one running', async () => {
    const { server, world } = await runningServer();
    await configure(server, { CRASH_ON_START: '3' });
    const rebuild = await stage.ended(await stage.ask('rebuild', server));
    expect(rebuild).toMatchObject({ state: 'failed', error: { code: 'container-failed' } });
    expect(await stage.server(server.id)).toMatchObject({ state: 'running', containerId: server.containerId, outdated: ['env'] });
    expect(await stage.containersOf(server)).toMatchObject([{ id: server.containerId, name: server.name, runs: true }]);
    expect(await stage.worldOf(server)).toBe(world);
  });

  test('cloned with its data there are two of its world, and it runs again', async () => {
    const { server, world } = await runningServer();
    const clone = async (wanted: { source?: 'live' }) => {
      const { ports } = await sampleServer();
      const body = { name: freshName('clone'), data: 'copy' as const, ports, ...wanted };
      return stage.call(contract.cloneServer, { params: { serverId: server.id }, body });
    };
    for (const wanted of [{}, { source: 'live' }] as const) {
      const operation = await stage.ended(await clone(wanted));
      expect(operation).toMatchObject({ state: 'succeeded', error: null });
      const made = await stage.server(operation.serverId);
      expect(made).toMatchObject({ state: 'running', dataExists: 'yes', dataFrom: null, operation: null });
      expect(await stage.worldOf(made)).toBe(world);
      const copied = (await stage.history(made.id)).map(({ happening }) => happening).find(({ kind }) => kind === 'server-copied');
      expect(copied).toMatchObject({ from: server.name, live: 'source' in wanted, leftOut: 0 });
      await stage.untilServer(server.id, 'the source as before', ({ state, operation: open }) => state === 'running' && open === null);
    }
    await expectSame(server, world);
  });

  test('deleted it has no container and keeps its world; restored and started it has both', async () => {
    const { server, world } = await runningServer();
    await stage.carryOut('delete', server);
    expect(await stage.server(server.id)).toMatchObject({ state: 'deleted', containerId: null });
    expect(await stage.containersOf(server)).toEqual([]);
    await stage.carryOut('restore', server);
    expect(await stage.server(server.id)).toMatchObject({ state: 'missing', stateReason: 'restored' });
    await stage.carryOut('start', server);
    await expectSame(server, world);
  });

  test('purged it is forgotten, and its data goes only when that is said: to the trash, from where it comes back', async () => {
    const [kept, removed] = [await missingServer(), await missingServer()];
    await stage.carryOut('purge', kept.server, { removeData: false, confirmName: kept.server.name });
    await stage.carryOut('purge', removed.server, { removeData: true, archive: true, confirmName: removed.server.name });
    for (const { server } of [kept, removed]) await expect(stage.server(server.id)).rejects.toMatchObject({ code: 'not-found' });
    expect(await stage.worldOf(kept.server)).toBe(kept.world);
    // What could be moved away would be there still.
    expect(() => stage.loseData(removed.server)).toThrow();

    const { agentId } = stage;
    const trash = await stage.call(contract.getTrash, { params: { agentId } });
    expect(trash.items).toMatchObject([{ serverId: removed.server.id, name: removed.server.name }]);
    expect(trash.archives).toMatchObject([{ serverId: removed.server.id, name: removed.server.name }]);
    const restore = await stage.call(contract.restoreTrashed, { params: { agentId, trashId: trash.items[0]!.id }, body: {} });
    expect(await stage.ended(restore)).toMatchObject({ state: 'succeeded' });
    await stage.carryOut('start', removed.server);
    await expectSame(removed.server, removed.world);
  });

  test('one whose data is gone is not started, until it is back or an empty world is asked for', async () => {
    const { server, world } = await missingServer();
    const putBack = stage.loseData(server);
    await expect(stage.ask('start', server)).rejects.toMatchObject({ code: 'data-missing', detail: expect.stringContaining(server.id) });
    expect(await stage.server(server.id)).toMatchObject({ state: 'missing', dataExists: 'no', operation: null });
    putBack();
    await stage.carryOut('start', server);
    await expectSame(server, world);

    await stage.outside.remove(server);
    await stage.untilState(server.id, 'missing');
    stage.loseData(server);
    await stage.carryOut('start', server, { allowEmptyData: true });
    expect(await stage.worldOf(server)).not.toBe(world);
  });

  test('what a start needs and cannot have is named', async ({ onTestFinished }) => {
    const { server } = await missingServer();
    const start = async () => (await stage.ended(await stage.ask('start', server))).error;
    const letGo = await stage.holdPort(portOf(server, 'lobby'));
    onTestFinished(letGo);
    expect(await start()).toMatchObject({ code: 'port-taken', detail: expect.stringMatching(/is held by process \d+/) });
    letGo();
    const removeHolder = await stage.holdName(server.name);
    onTestFinished(() => removeHolder().then(undefined, () => undefined));
    expect(await start()).toMatchObject({ code: 'container-name-taken', detail: expect.stringContaining(`“${server.name}” is held by`) });
    expect(await stage.server(server.id)).toMatchObject({ state: 'failed' });
    await removeHolder();
    await stage.carryOut('start', server);

    const nowhere = stage.createAs({ name: freshName(), image: 'registry.invalid/no/such-image:1' });
    await expect(nowhere).rejects.toThrow('image-unavailable');
  });

  test('an engine that does not answer changes nothing, and what happened meanwhile shows once it does', async () => {
    const { server } = await runningServer();
    const { server: kept } = await runningServer();
    const comeBack = await stage.engineAway();
    await stage.untilServer(server.id, 'the engine unreachable', ({ host }) => host.engine === 'unreachable');
    await stage.outside.remove(server);
    const stop = await stage.ask('stop', kept);
    expect(await stage.untilWaiting(stop)).toMatchObject({ waitingFor: 'the host’s Docker engine to answer' });
    for (const { id } of [server, kept]) expect(await stage.server(id)).toMatchObject({ state: 'running' });
    await comeBack();
    await stage.untilState(server.id, 'missing');
    expect(await stage.ended(stop)).toMatchObject({ state: 'succeeded' });
    expect(await stage.server(kept.id)).toMatchObject({ state: 'stopped', host: { engine: 'ok' } });
  });

  test('another engine at its socket changes nothing', async () => {
    const { server } = await runningServer();
    const comeBack = stage.exchangeEngine('ANOTHER:ENGINE');
    await stage.untilServer(server.id, 'the other engine told', ({ host }) => host.engine === 'other');
    expect(await stage.server(server.id)).toMatchObject({ state: 'running', containerId: server.containerId });
    comeBack();
    await stage.untilServer(server.id, 'the own engine told', ({ host }) => host.engine === 'ok');
    expect(await stage.server(server.id)).toMatchObject({ state: 'running', stateSince: server.stateSince });
  });

  test('while its agent is away nothing is assumed, and what happened shows once it is back', async () => {
    const [{ server: lost }, { server: stopped }] = [await runningServer(), await runningServer()];
    const comeBack = await stage.agentAway();
    await stage.outside.remove(lost);
    await stage.outside.stop(stopped);
    for (const { id } of [lost, stopped]) expect(await stage.server(id)).toMatchObject({ state: 'running', host: { online: false } });
    await comeBack();
    await stage.untilState(lost.id, 'missing');
    // Nobody listened when it was stopped, so nobody knows who asked for it.
    expect(await stage.untilState(stopped.id, 'stopped')).toMatchObject({ stateCause: { code: 'exited', exit: { code: 0, asked: null } } });
  });
});
