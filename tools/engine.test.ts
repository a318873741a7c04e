import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { endDaemon, ensureEngine, planEngine, reachEngine, type Situation, startDaemon } from './engine.ts';
import { findProgram, isRoot } from './machine.ts';

const nobody: Situation['reached'] = { kind: 'nobody', reason: 'ENOENT' };
const denied: Situation['reached'] = { kind: 'denied', reason: 'EACCES' };
const silent: Situation['reached'] = { kind: 'silent', reason: 'ETIMEDOUT' };
const freshDebian: Situation = { reached: nobody, dockerHost: undefined, root: true, apt: true, installed: false, systemd: false };

describe('without an answering engine', () => {
  test('root on a Debian without Docker installs and starts it', () => {
    expect(planEngine(freshDebian)).toEqual({ kind: 'bring-up', install: true, starters: ['service', 'daemon'] });
  });

  test('an engine that is installed and does not run is only started', () => {
    expect(planEngine({ ...freshDebian, installed: true })).toMatchObject({ kind: 'bring-up', install: false });
    expect(planEngine({ ...freshDebian, installed: true, apt: false })).toMatchObject({ kind: 'bring-up', install: false });
  });

  test('systemd starts it where systemd is in charge', () => {
    expect(planEngine({ ...freshDebian, systemd: true })).toMatchObject({ starters: ['systemd'] });
  });

  test.each<[string, Partial<Situation>, string]>([
    ['DOCKER_HOST that nobody answers', { dockerHost: 'tcp://h:1' }, 'start it, or unset DOCKER_HOST'],
    ['DOCKER_HOST that denies', { dockerHost: 'unix:///x', reached: denied }, 'unset DOCKER_HOST'],
    ['a socket that this user may not use', { reached: denied, root: false }, 'docker group'],
    ['an engine that is stuck', { reached: silent }, 'restart it'],
    ['no root, not installed', { root: false }, 'run this once as root'],
    ['no root, installed', { root: false, installed: true }, 'systemctl start docker'],
    ['no apt', { apt: false }, 'set DOCKER_HOST'],
  ])('%s is one line that says what to do', (_, difference, whatToDo) => {
    const plan = planEngine({ ...freshDebian, ...difference });
    expect(plan).toEqual({ kind: 'refuse', line: expect.stringContaining(whatToDo) });
    expect(JSON.stringify(plan)).not.toContain('\\n');
  });
});

describe('DOCKER_HOST', () => {
  afterEach(() => vi.unstubAllEnvs());

  test.each([
    'unix:///nowhere/docker.sock',
    'tcp://127.0.0.1:1',
    'unix:///etc/passwd',
  ])('%s is refused, nothing installed', async (host) => {
    vi.stubEnv('DOCKER_HOST', host);
    const say = vi.fn();
    await expect(ensureEngine({ say })).rejects.toThrow(`DOCKER_HOST is ${host}, and no Docker engine answers there`);
    expect(say).not.toHaveBeenCalled();
  });

  test('that is no address at all is refused likewise', async () => {
    vi.stubEnv('DOCKER_HOST', 'http://');
    await expect(ensureEngine({ say: () => {} })).rejects.toThrow('DOCKER_HOST is http://');
  });
});

test('the engine of this machine is taken without a word', async () => {
  const say = vi.fn();
  const { docker, version, daemonPid } = await ensureEngine({ say });
  expect((await docker.version()).Version).toBe(version);
  expect(daemonPid).toBeUndefined();
  expect(say).not.toHaveBeenCalled();
});

test.runIf(isRoot() && findProgram('dockerd'))(
  'a bare daemon answers, and is ended by its process id',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mainstay-engine-'));
    const socket = join(folder, 'docker.sock');
    const own = {
      host: `unix://${socket}`,
      'data-root': join(folder, 'data'),
      'exec-root': join(folder, 'exec'),
      pidfile: join(folder, 'pid'),
    };
    const args = Object.entries({ ...own, bridge: 'none', iptables: 'false' }).map(([name, value]) => `--${name}=${value}`);
    // In a network of its own: in the machine's, a second engine takes away the first one's bridge, whatever it is told.
    const pid = startDaemon('unshare', ['--net', 'dockerd', ...args], join(folder, 'log'));
    vi.stubEnv('DOCKER_HOST', `unix://${socket}`);
    try {
      while ((await reachEngine()).kind !== 'answers') await wait(50);
      expect((await ensureEngine({ say: () => {} })).version).toMatch(/^\d+\./);
    } finally {
      vi.unstubAllEnvs();
      await endDaemon(pid);
    }
    expect(existsSync(join(folder, 'pid'))).toBe(false);
    await rm(folder, { recursive: true });
  },
  60_000,
);
