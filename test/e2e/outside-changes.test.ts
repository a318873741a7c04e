// What else people and programs do to a container: stop it, start it, kill it, crash, run out of memory. The state follows
// with the right reason, and nothing is undone behind an operator's back.

import { contract } from '@mainstay/wire/contract';
import { describe, expect } from 'vitest';
import { operate } from './harness/sample.ts';
import { test } from './harness/scenario.ts';
import { until } from './harness/until.ts';

describe('behind its back', () => {
  test('docker stop: stopped, as somebody outside asked', async ({ mainstay }) => {
    const server = await mainstay.create();
    await mainstay.outside.stop(server.name);
    expect(await mainstay.untilState(server.id, 'stopped')).toMatchObject({
      intent: 'running',
      stateReason: 'stopped outside Mainstay, exit code 0',
      stateCause: { code: 'stopped-outside', exit: { code: 0, asked: true, outOfMemory: false } },
    });
  });

  test('docker start: running again, as somebody outside started it', async ({ mainstay }) => {
    const server = await mainstay.create();
    await mainstay.carryOut('stop', server);
    await mainstay.outside.start(server.name);
    expect(await mainstay.untilState(server.id, 'running')).toMatchObject({
      intent: 'stopped',
      stateReason: 'started outside Mainstay',
      stateCause: { code: 'started-outside' },
    });
  });

  test('docker kill: stopped, with the exit code of a kill', async ({ mainstay }) => {
    const server = await mainstay.create();
    await mainstay.outside.kill(server.name);
    expect(await mainstay.untilState(server.id, 'stopped')).toMatchObject({
      stateReason: 'stopped outside Mainstay, exit code 137',
      stateCause: { exit: { code: 137, asked: true, outOfMemory: false } },
    });
  });

  test('docker restart: running, and nothing was lost on the way', async ({ mainstay }) => {
    const server = await mainstay.create();
    await mainstay.outside.stop(server.name);
    await mainstay.outside.start(server.name);
    expect(await mainstay.untilState(server.id, 'running')).toMatchObject({ containerId: server.containerId, name: server.name });
  });

  test('docker rename: the server keeps its name and its container', async ({ mainstay }) => {
    const server = await mainstay.create();
    await mainstay.outside.rename(server.name, `${server.name}-renamed`);
    await mainstay.call(contract.syncAgent, { params: { agentId: server.agentId } });
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'running', name: server.name, containerId: server.containerId });
    await mainstay.carryOut('stop', server);
    expect(await mainstay.outside.containersOf(server.id)).toMatchObject([{ Id: server.containerId, State: 'exited' }]);
  });
});

describe('by itself', () => {
  test('a crash (exit 3) without a restart policy: stopped, crashed with exit code 3', async ({ mainstay }) => {
    const server = await mainstay.create({ restart: 'no' });
    await operate(server, 'crash 3');
    expect(await mainstay.untilState(server.id, 'stopped')).toMatchObject({
      intent: 'running',
      stateReason: 'crashed with exit code 3',
      stateCause: { code: 'crashed', exit: { code: 3, asked: false, outOfMemory: false } },
    });
  });

  test('a crash (exit 3) that the restart policy hides: it runs on, and the crash is in its history', async ({ mainstay }) => {
    const server = await mainstay.create({ restart: 'unless-stopped' });
    await operate(server, 'crash 3');

    const history = await until(
      'the crash in the history',
      () => mainstay.history(server.id),
      (events) => events.some(({ happening }) => happening.kind === 'server-crashed'),
    );
    expect(history.filter(({ happening }) => happening.kind === 'server-crashed').map(({ happening }) => happening)).toMatchObject([
      { exit: { code: 3, asked: false, outOfMemory: false } },
    ]);
    await until(
      'the container restarted by the engine',
      () => mainstay.outside.inspect(server.name),
      (seen) => seen.RestartCount === 1 && seen.State.Running,
    );
    expect(await mainstay.untilState(server.id, 'running')).toMatchObject({ containerId: server.containerId });
  });

  test('one crash after the other is known as such, until somebody acts', async ({ mainstay }) => {
    const server = await mainstay.create({ restart: 'unless-stopped', env: { CRASH_ON_START: '4' } });
    const looping = await mainstay.untilServer(server.id, 'three crashes', ({ crashes }) => crashes.length >= 3);
    expect(looping.state).toBe('running');
    await mainstay.carryOut('stop', server);
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'stopped', crashes: [] });
  });

  test('more memory than it has: stopped, killed for want of memory', async ({ mainstay }) => {
    const server = await mainstay.create({ restart: 'no', limits: { memoryMb: 96, cpus: null } });
    await operate(server, 'eat 400');
    const stopped = await mainstay.untilState(server.id, 'stopped');
    expect(stopped.stateReason).toContain('ran out of memory');
    expect(stopped.stateCause).toMatchObject({ code: 'out-of-memory', exit: { code: 137, outOfMemory: true } });
  });

  test('an end with exit code 0: stopped, ended by itself', async ({ mainstay }) => {
    const server = await mainstay.create({ restart: 'no' });
    await operate(server, 'stop');
    expect(await mainstay.untilState(server.id, 'stopped')).toMatchObject({
      stateCause: { code: 'exited', exit: { code: 0, asked: false } },
    });
  });

  test('a crash at every start: its creation is kept and told, whatever comes of it', async ({ mainstay }) => {
    const server = await mainstay.create({ restart: 'no', env: { CRASH_ON_START: '3' } });
    expect(await mainstay.untilState(server.id, 'stopped')).toMatchObject({ stateReason: 'crashed with exit code 3' });
  });
});
