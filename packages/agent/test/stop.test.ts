// The stop ladder on the real engine: the program's own words first, then its signal, then the end; and never a policy
// that is left off what runs.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerId } from '@mainstay/core/id';
import type { ConsoleSettings } from '@mainstay/core/server';
import type { ContainerSpec } from '@mainstay/wire/link';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apply } from '../src/steps.ts';
import { bringUp, docker, eventually, newServerId, openHost, program, sampleSpec, type TestHost } from './host.ts';

let host: TestHost;
let serverId: ServerId;
let spec: ContainerSpec;

beforeAll(async () => {
  host = await openHost();
});
beforeEach(() => {
  serverId = newServerId();
  spec = sampleSpec(`stop-${serverId.slice(0, 8)}`, { restart: 'unless-stopped' });
});
afterEach(() => host.do(serverId, { action: 'ensure-absent' }));
afterAll(() => host.close());

const running = { action: 'ensure-running', mustHold: false, ready: null } as const;
const byInput: ConsoleSettings = { via: 'stdin', stopCommand: 'stop' };
const byRcon: ConsoleSettings = { via: 'rcon', containerPort: 27015, passwordEnv: 'RCON_PASSWORD', stopCommand: 'stop' };
const stopped = (console: ConsoleSettings, graceSeconds = 20) => ({ action: 'ensure-stopped', graceSeconds, console }) as const;

const container = async () => {
  const { State, HostConfig } = await docker.getContainer(spec.name).inspect();
  return { status: State.Status, exitCode: State.ExitCode, policy: HostConfig.RestartPolicy?.Name };
};
const logs = async () => (await docker.getContainer(spec.name).logs({ stdout: true, stderr: true })).toString();

/** Up, and listening to its console. */
async function up(changes: Partial<ContainerSpec> = {}): Promise<void> {
  spec = { ...spec, ...changes };
  await host.do(serverId, ...bringUp(spec));
  await eventually(async () => (await readdir(join(host.dataRoot, serverId, 'volumes', 'world'))).length > 0);
}

/** Says that it is up, and ends on its signal only. */
const deaf = program(`
  require('fs').writeFileSync('/data/up', '');
  process.on('SIGTERM', () => process.exit(0));
  setInterval(() => {}, 1000);
`);

describe('a server whose program knows a stop command', () => {
  it('is asked by it, and the engine does not start it again', async () => {
    await up();
    expect((await host.do(serverId, stopped(byInput))).endedBy).toBe('command');
    expect(await container()).toMatchObject({ status: 'exited', exitCode: 0 });
    expect(await logs()).toContain('stop command');
    expect((await host.do(serverId, stopped(byInput))).endedBy).toBe(null);
  });

  it('has its own restart policy back once it is started again', async () => {
    await up();
    await host.do(serverId, stopped(byInput));
    await host.do(serverId, running);
    expect(await container()).toMatchObject({ status: 'running', policy: 'unless-stopped' });
  });

  it('is asked over RCON where that is how commands reach it', async () => {
    await up({ env: { ...spec.env, RCON_PASSWORD: 'for-tests' } });
    expect((await host.do(serverId, stopped(byRcon))).endedBy).toBe('command');
  });

  it('is not seen to have crashed, whatever it ended with', async () => {
    await up({ command: program(`require('fs').writeFileSync('/data/up', ''); process.stdin.once('data', () => process.exit(7));`) });
    await host.watch();
    expect((await host.do(serverId, stopped(byInput))).endedBy).toBe('command');
    await eventually(() => host.newest(serverId)?.sighting.kind === 'not-running');
    expect(host.sent.flatMap(({ servers }) => servers.flatMap(({ crashes }) => crashes))).toEqual([]);
    expect(host.newest(serverId)?.sighting).toMatchObject({ exit: { code: 7, asked: true } });
  });
});

describe('a program that does not end on it', () => {
  it('is sent its signal once its grace is over', async () => {
    await up({ command: deaf });
    expect((await host.do(serverId, stopped(byInput, 1))).endedBy).toBe('signal');
    expect(await container()).toMatchObject({ status: 'exited', exitCode: 0 });
  });

  it('is sent its signal at once when its console does not answer', async () => {
    await up({ command: deaf });
    expect((await host.do(serverId, stopped(byRcon, 60))).endedBy).toBe('signal');
  });

  it('is killed when the signal does not end it either, after the whole grace once more', async () => {
    await up({ env: { ...spec.env, HANG_ON_STOP: 'true' } });
    const begun = Date.now();
    expect((await host.do(serverId, stopped(byInput, 1))).endedBy).toBe('kill');
    expect(Date.now() - begun).toBeGreaterThanOrEqual(2000);
  });

  it('keeps its restart policy when the stop is cut short', async () => {
    await up({ command: deaf });
    const cut = new AbortController();
    const stopping = apply(
      host.world,
      { serverId, containerId: null, engineId: null, effect: stopped(byInput, 600) },
      () => undefined,
      cut.signal,
    );
    await eventually(async () => (await container()).policy === 'no');
    cut.abort();
    await expect(stopping).rejects.toMatchObject({ code: 'cancelled' });
    expect(await container()).toMatchObject({ status: 'running', policy: 'unless-stopped' });
  });

  it('gets its restart policy back when it is wanted to run on after all', async () => {
    await up({ command: deaf });
    await docker.getContainer(spec.name).update({ RestartPolicy: { Name: 'no' } });
    await host.do(serverId, running);
    expect(await container()).toMatchObject({ status: 'running', policy: 'unless-stopped' });
  });
});
