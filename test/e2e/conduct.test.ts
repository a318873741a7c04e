// How a server is dealt with beyond its container: asked to stop in its own words, installed by a script, its files written,
// shut in, and known to be ready once it says so.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contract } from '@mainstay/wire/contract';
import type { CreateServerInput, Server } from '@mainstay/wire/servers';
import { describe, expect } from 'vitest';
import { SAMPLE_IMAGE } from '../../tools/sample-image.ts';
import type { Installation } from './harness/installation.ts';
import { build, sampleServer, worldOf } from './harness/sample.ts';
import { test } from './harness/scenario.ts';
import { until } from './harness/until.ts';

const happened = async ({ history }: Installation, { id }: Pick<Server, 'id'>) => (await history(id)).map(({ happening }) => happening);
const dataOf = ({ host }: Installation, { id }: Pick<Server, 'id'>, path: string) => join(host.dataOf(id), 'volumes', 'world', path);

/** A step whose script is one for Node: the sample image holds nothing else. */
const byScript = (script: string): NonNullable<CreateServerInput['install']> => ({
  volume: 'world',
  image: SAMPLE_IMAGE,
  entrypoint: 'node',
  script: `const fs = require('fs');\n${script}`,
});
const counting = `fs.appendFileSync('/mnt/server/runs', 'x');`;
const runs = (mainstay: Installation, server: Pick<Server, 'id'>) => readFileSync(dataOf(mainstay, server, 'runs'), 'utf8').length;
const installers = async ({ outside, id }: Installation) =>
  (await outside.containersOfInstallation(id)).filter(({ Labels }) => Labels['mainstay.install'] !== undefined);

describe('a stop command', () => {
  test('is what a stop begins with, and its history says so', async ({ mainstay }) => {
    const server = await mainstay.create({ console: { via: 'stdin', stopCommand: 'stop' } });
    const world = await build(mainstay.host, server, 'tower');
    await mainstay.carryOut('stop', server);
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'stopped', intent: 'stopped' });
    expect(await happened(mainstay, server)).toContainEqual({ kind: 'server-stopped-by', rung: 'command' });
    await mainstay.carryOut('start', server);
    const { HostConfig } = await mainstay.outside.inspect(server.name);
    expect(HostConfig.RestartPolicy?.Name).toBe('unless-stopped');
    expect(worldOf(mainstay.host, server)).toMatchObject({ id: world.id });
  });

  test('that is set on a running server counts at once, over RCON too', async ({ mainstay }) => {
    const server = await mainstay.create();
    const console = { via: 'rcon', containerPort: 27015, passwordEnv: 'RCON_PASSWORD', stopCommand: 'stop' } as const;
    await mainstay.call(contract.configureServer, { params: { serverId: server.id }, body: { console } });
    await mainstay.carryOut('restart', server);
    expect(await happened(mainstay, server)).toContainEqual({ kind: 'server-stopped-by', rung: 'command' });
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'running', outdated: [] });
  });
});

describe('readiness', () => {
  const ready = { line: '[ready] lobby open', regex: false };

  test('is told once the program has said so, and asked for anew at each start', async ({ mainstay }) => {
    const server = await mainstay.create({ ready, env: { START_SECONDS: '1' } });
    const first = await mainstay.untilServer(server.id, 'the server ready', ({ readyAt }) => readyAt !== null);
    expect(first.state).toBe('running');
    await mainstay.carryOut('stop', server);
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'stopped', readyAt: null });
    await mainstay.carryOut('start', server);
    const second = await mainstay.untilServer(server.id, 'the server ready again', ({ readyAt }) => readyAt !== null);
    expect(second.readyAt).toBeGreaterThan(first.readyAt!);
    expect((await happened(mainstay, server)).filter(({ kind }) => kind === 'server-ready')).toHaveLength(2);
  });

  test('is known through a restart of agent and manager, and told no second time', async ({ mainstay }) => {
    const server = await mainstay.create({ ready });
    const { readyAt } = await mainstay.untilServer(server.id, 'the server ready', (seen) => seen.readyAt !== null);
    await mainstay.host.kill();
    await mainstay.manager.kill();
    await mainstay.manager.start();
    mainstay.host.start();
    await mainstay.untilOnline();
    await mainstay.call(contract.syncAgent, { params: { agentId: server.agentId } });
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'running', readyAt });
    expect((await happened(mainstay, server)).filter(({ kind }) => kind === 'server-ready')).toHaveLength(1);
  });

  test('that is asked for while it runs is found in what it said before', async ({ mainstay }) => {
    const server = await mainstay.create();
    await build(mainstay.host, server, 'tower');
    expect(server).toMatchObject({ ready: null, readyAt: null });
    await mainstay.call(contract.configureServer, { params: { serverId: server.id }, body: { ready } });
    await mainstay.untilServer(server.id, 'the server ready', ({ readyAt }) => readyAt !== null);
  });
});

describe('an install script', () => {
  test('is run before the first start, once, and its container is gone', async ({ mainstay }) => {
    const server = await mainstay.create({
      install: byScript(`${counting} fs.writeFileSync('/mnt/server/motd', process.env.LOBBY_NAME);`),
      env: { LOBBY_NAME: 'Harbour' },
    });
    expect(server).toMatchObject({ state: 'running', install: { volume: 'world', image: SAMPLE_IMAGE, entrypoint: 'node' } });
    expect(readFileSync(dataOf(mainstay, server, 'motd'), 'utf8')).toBe('Harbour');
    await mainstay.carryOut('restart', server);
    await mainstay.carryOut('rebuild', server);
    expect(runs(mainstay, server)).toBe(1);
    expect(await installers(mainstay)).toEqual([]);
    expect((await mainstay.agent()).strays).toEqual([]);
  });

  test('that fails is a creation that failed, with what it said; it is tried again by a start', async ({ mainstay }) => {
    const script = `${counting} if (!fs.existsSync('/mnt/server/mended')) { console.error('no such version'); process.exit(3); }`;
    const body = { ...(await sampleServer()), install: byScript(script) };
    const create = await mainstay.ended(await mainstay.call(contract.createServer, { body }));
    expect(create).toMatchObject({
      state: 'failed',
      error: { code: 'install-failed', detail: expect.stringMatching(/exit code 3[\s\S]*no such version/) },
    });
    const server = await mainstay.server(create.serverId);
    expect(server).toMatchObject({ state: 'failed', stateReason: expect.stringContaining('exit code 3') });
    expect(await installers(mainstay)).toEqual([]);

    writeFileSync(dataOf(mainstay, server, 'mended'), '');
    await mainstay.carryOut('start', server);
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'running' });
    expect(runs(mainstay, server)).toBe(2);
  });

  test('is killed when the creation is cancelled, or deleted', async ({ mainstay }) => {
    const endless = byScript(`${counting} console.log('step one'); setInterval(() => {}, 1000);`);
    for (const end of ['cancel', 'delete'] as const) {
      const create = await mainstay.call(contract.createServer, { body: { ...(await sampleServer()), install: endless } });
      await until(
        'the script at work',
        () => mainstay.call(contract.getOperation, { params: { operationId: create.id } }),
        ({ step, progress }) => step === 'ensure-installed' && progress?.said === 'step one',
      );
      if (end === 'cancel') await mainstay.call(contract.cancelOperation, { params: { operationId: create.id } });
      else await mainstay.carryOut('delete', { id: create.serverId });
      expect(await mainstay.ended(create)).toMatchObject({ state: 'cancelled' });
      await until(
        'no install container',
        () => installers(mainstay),
        (left) => left.length === 0,
      );
      expect(await mainstay.server(create.serverId)).toMatchObject({ state: end === 'cancel' ? 'failed' : 'deleted' });
    }
  });

  test.for([
    ['the manager is stopped', (m: Installation) => m.manager.stop(), (m: Installation) => m.manager.start()],
    ['the manager is killed', (m: Installation) => m.manager.kill(), (m: Installation) => m.manager.start()],
    ['the agent is killed', (m: Installation) => m.host.kill(), async (m: Installation) => m.host.start()],
  ] as const)('goes on while %s, and is not begun anew', async ([, end, begin], { mainstay }) => {
    const waiting = byScript(
      `${counting} console.log('step one'); const timer = setInterval(() => fs.existsSync('/mnt/server/go') && clearInterval(timer), 50);`,
    );
    const create = await mainstay.call(contract.createServer, { body: { ...(await sampleServer()), install: waiting } });
    await until(
      'the script at work',
      () => mainstay.call(contract.getOperation, { params: { operationId: create.id } }),
      ({ step, progress }) => step === 'ensure-installed' && progress?.said === 'step one',
    );
    await end(mainstay);
    await begin(mainstay);
    await mainstay.untilOnline();
    writeFileSync(dataOf(mainstay, { id: create.serverId }, 'go'), '');
    expect(await mainstay.ended(create)).toMatchObject({ state: 'succeeded' });
    expect(runs(mainstay, { id: create.serverId })).toBe(1);
    expect(await installers(mainstay)).toEqual([]);
  });

  test('is run again by a rebuild that asks for it, over the same world', async ({ mainstay }) => {
    const server = await mainstay.create({ install: byScript(counting) });
    const world = await build(mainstay.host, server, 'tower');
    const rebuild = await mainstay.call(contract.rebuildServer, { params: { serverId: server.id }, body: { reinstall: true } });
    expect(await mainstay.ended(rebuild)).toMatchObject({ state: 'succeeded' });
    expect(runs(mainstay, server)).toBe(2);
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'running' });
    expect(worldOf(mainstay.host, server)).toMatchObject({ id: world.id, things: world.things });
  });

  test('that fails in a rebuild leaves the server running as it was', async ({ mainstay }) => {
    const server = await mainstay.create({ install: byScript(`if (fs.existsSync('/mnt/server/world.json')) process.exit(4);`) });
    await build(mainstay.host, server, 'tower');
    const rebuild = await mainstay.call(contract.rebuildServer, { params: { serverId: server.id }, body: { reinstall: true } });
    expect(await mainstay.ended(rebuild)).toMatchObject({ state: 'failed', error: { code: 'install-failed' } });
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'running', containerId: server.containerId });
  });

  test('is not asked for where there is none', async ({ mainstay }) => {
    const server = await mainstay.create({ start: false });
    await expect(
      mainstay.call(contract.rebuildServer, { params: { serverId: server.id }, body: { reinstall: true } }),
    ).rejects.toMatchObject({
      code: 'invalid-request',
    });
  });
});

describe('files of settings', () => {
  const files = [
    {
      volume: 'world',
      path: 'config/server.properties',
      parser: 'properties' as const,
      find: {
        'server-port': '{{server.port.lobby}}',
        host: '{{server.hostPort.lobby}}',
        motd: '{{env.MOTD}}',
        password: '{{env.CODE}}',
        none: '{{env.NOBODY}}',
      },
    },
  ];

  test('are written before each start, from what its container was made from', async ({ mainstay }) => {
    const server = await mainstay.create({ files, env: { MOTD: 'one', CODE: { secret: 'sesame' } } });
    const hostPort = server.ports.find(({ name }) => name === 'lobby')?.hostPort;
    const read = () => readFileSync(dataOf(mainstay, server, 'config/server.properties'), 'utf8');
    expect(read()).toBe(`server-port=7777\nhost=${hostPort}\nmotd=one\npassword=sesame\nnone=\n`);

    writeFileSync(dataOf(mainstay, server, 'config/server.properties'), '# by hand\nmotd=changed\nmore=kept\n');
    const env = { ...server.env, MOTD: 'two', CODE: null };
    await mainstay.call(contract.configureServer, { params: { serverId: server.id }, body: { env } });
    await mainstay.carryOut('restart', server);
    expect(read()).toMatch(/^# by hand\nmotd=one\nmore=kept\n/);
    await mainstay.carryOut('rebuild', server);
    expect(read()).toMatch(/^# by hand\nmotd=two\nmore=kept\n/);
  });

  test('that cannot be edited refuse the start, by name', async ({ mainstay }) => {
    const server = await mainstay.create({ start: false });
    writeFileSync(dataOf(mainstay, server, 'config.json'), 'not json');
    const broken = [{ volume: 'world', path: 'config.json', parser: 'json' as const, find: { port: 1 } }];
    await mainstay.call(contract.configureServer, { params: { serverId: server.id }, body: { files: broken } });
    const start = await mainstay.ended(await mainstay.ask('start', server));
    expect(start).toMatchObject({ state: 'failed', error: { code: 'file-not-edited', detail: expect.stringContaining('config.json') } });
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'stopped' });
  });

  test('that cannot be edited take no running server down', async ({ mainstay }) => {
    const server = await mainstay.create();
    const { State } = await mainstay.outside.inspect(server.name);
    writeFileSync(dataOf(mainstay, server, 'config.json'), 'not json');
    const broken = [{ volume: 'world', path: 'config.json', parser: 'json' as const, find: { port: 1 } }];
    await mainstay.call(contract.configureServer, { params: { serverId: server.id }, body: { files: broken } });
    for (const change of ['restart', 'rebuild'] as const) {
      const end = await mainstay.ended(await mainstay.ask(change, server));
      expect(end).toMatchObject({ state: 'failed', error: { code: 'file-not-edited' } });
      expect(await mainstay.server(server.id)).toMatchObject({ state: 'running', containerId: server.containerId });
      expect((await mainstay.outside.inspect(server.name)).State.StartedAt).toBe(State.StartedAt);
    }
  });
});

test('how a program is shut in is part of what its container is made from', async ({ mainstay }) => {
  const server = await mainstay.create();
  const sandbox = { ...server.sandbox, readOnlyRoot: true, tmpfs: [{ containerPath: '/tmp', sizeMb: 16 }] };
  const changed = await mainstay.call(contract.configureServer, { params: { serverId: server.id }, body: { sandbox } });
  expect(changed).toMatchObject({ outdated: ['sandbox'] });
  await mainstay.carryOut('rebuild', server);
  expect(await mainstay.server(server.id)).toMatchObject({ state: 'running', outdated: [], sandbox });
  const { HostConfig } = await mainstay.outside.inspect(server.name);
  expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, Tmpfs: { '/tmp': expect.stringContaining('size=16m') } });
});
