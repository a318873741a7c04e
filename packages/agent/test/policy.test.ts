// The host's own policy against a manager that somebody stole: whatever it sends over its proven link, the engine makes nothing
// that the host's owner did not allow.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Effect } from '@mainstay/wire/link';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAgentConfig } from '../src/config.ts';
import { startAgent } from '../src/main.ts';
import { defaultPolicy, type Policy, policyShape, refusalOf } from '../src/policy.ts';
import { PolicyFile } from '../src/policy-file.ts';
import { bringUp, docker, eventually, newServerId, sampleImage, sampleSpec } from './host.ts';
import { openManager } from './manager.ts';

const spec = sampleSpec('stolen');
const operationId = newServerId();
const install = { volume: 'world', image: sampleImage, entrypoint: 'node', script: 'process.exit(0)' };

describe('what reaches the engine', () => {
  let manager: Awaited<ReturnType<typeof openManager>>;
  let home: string;
  const stopping = new AbortController();
  let ending: Promise<void>;

  beforeAll(async () => {
    manager = await openManager();
    home = await mkdtemp(join(tmpdir(), 'mainstay-home-'));
    const policy = join(home, 'policy.yaml');
    await writeFile(
      policy,
      'images: [mainstay/sample-server]\nmemoryMb: 512\ncpus: 2\nhostPorts: { from: 20000, to: 29999 }\ncapabilities: []\nusers: [image, "1000"]\ninstallScripts: false\n',
    );
    const environment = { MAINSTAY_HOME: home, MAINSTAY_MANAGER: manager.url, MAINSTAY_JOIN_TOKEN: 'good', MAINSTAY_POLICY: policy };
    ending = startAgent(readAgentConfig(environment, 'host'), { log: pino({ level: 'silent' }), signal: stopping.signal });
    await eventually(() => manager.proven > 0);
  });
  const ours = async () => {
    const label = [`mainstay.installation=${manager.knobs.installationId}`];
    return docker.listContainers({ all: true, filters: { label } });
  };
  afterEach(async () => {
    for (const { Id } of await ours()) await docker.getContainer(Id).remove({ force: true, v: true });
  });
  afterAll(async () => {
    stopping.abort();
    await ending;
    await manager.close();
    await rm(home, { recursive: true, force: true });
  });

  const send = (effect: unknown, more: object = {}) =>
    manager.live.connection.sendRequest('server.apply', { serverId: newServerId(), containerId: null, engineId: null, effect, ...more });
  const port = (hostPort: number) => [{ name: 'game', protocol: 'tcp', containerPort: 7777, hostPort }];
  const sandbox = (changes: object) => ({ sandbox: { ...spec.sandbox, ...changes } });

  it('is what the policy allows', async () => {
    const serverId = newServerId();
    for (const effect of bringUp({ ...spec, limits: { memoryMb: 256, cpus: 1 } })) await send(effect, { serverId });
    expect(await ours()).toMatchObject([{ Image: sampleImage, State: 'running' }]);
  });

  /** What a policy has a say in, by the rule that refuses it. */
  const beyondPolicy: [rule: string, changes: object][] = [
    ['images', { image: 'debian:12' }],
    ['images', { image: 'mainstay/sample-server-evil:1' }],
    ['images', { image: 'evil.example/mainstay/sample-server:1' }],
    ['images', { image: 'localhost/mainstay/sample-server:1' }],
    ['images', { image: 'mainstay/sample-server/evil:1' }],
    ['memoryMb', { limits: { memoryMb: 513, cpus: 1 } }],
    ['memoryMb', { limits: { memoryMb: null, cpus: 1 } }],
    ['memoryMb', { limits: {} }],
    ['cpus', { limits: { memoryMb: 256, cpus: 2.5 } }],
    ['cpus', { limits: { memoryMb: 256, cpus: null } }],
    ['hostPorts', { ports: port(22) }],
    ['hostPorts', { ports: port(30_000) }],
    ['capabilities', sandbox({ capAdd: ['SYS_NICE'] })],
    ['users', sandbox({ user: 'root' })],
    ['users', sandbox({ user: '0' })],
    ['users', sandbox({ user: '1000:0' })],
  ];
  const made: [what: string, effect: (spec: object) => object][] = [
    ['a new container', (wanted) => ({ action: 'ensure-container', spec: wanted })],
    ['a replacement', (wanted) => ({ action: 'ensure-replacement', spec: wanted, operationId })],
    ['directories for one', (wanted) => ({ action: 'guard-data', spec: wanted, make: true, allowEmptyData: true })],
  ];
  describe.each(made)('as %s', (_, effect) => {
    it.each(beyondPolicy)('is nothing beyond rule “%s”: %j', async (rule, changes) => {
      const wanted = { ...spec, limits: { memoryMb: 256, cpus: 1 }, ...changes };
      await expect(send(effect(wanted))).rejects.toMatchObject({
        message: expect.stringContaining(`rule “${rule}” of ${home}/policy.yaml`),
        data: { code: 'refused-by-host' },
      });
      expect(await ours()).toEqual([]);
    });
  });

  it('is no image that is not allowed, nor any install script', async () => {
    const limited = { ...spec, limits: { memoryMb: 256, cpus: 1 } };
    const asked = [
      { action: 'ensure-image', image: 'debian:12', unlessContainer: false },
      { action: 'ensure-installed', install, spec: limited, operationId, again: false, limitSeconds: 60 },
      { action: 'edit-files', files: [], user: '0' },
    ];
    for (const effect of asked)
      await expect(send(effect), JSON.stringify(effect)).rejects.toMatchObject({ data: { code: 'refused-by-host' } });
    expect(await ours()).toEqual([]);
  });

  /** What JSON can smuggle past a careless reader: what no policy could allow, for no message has a place for it. */
  const smuggled: [what: string, changes: object | string][] = [
    ['a host path', { volumes: [{ name: 'world', containerPath: '/data', hostPath: '/' }] }],
    ['binds', { Binds: ['/:/host'] }],
    ['mounts', { mounts: [{ Type: 'bind', Source: '/', Target: '/host' }] }],
    ['the engine’s socket', { volumes: [{ name: '/var/run/docker.sock', containerPath: '/var/run/docker.sock' }] }],
    ['a volume that climbs', { volumes: [{ name: '../../..', containerPath: '/host' }] }],
    ['a volume over /proc', { volumes: [{ name: 'world', containerPath: '/proc/sys' }] }],
    ['privileges', { privileged: true }],
    ['privileges in the sandbox', sandbox({ privileged: true })],
    ['the engine’s own settings', { HostConfig: { Privileged: true } }],
    ['the host’s network', { network: 'host' }],
    ['another network of the engine', { networks: ['of-the-neighbours'] }],
    ['the network of another container', { NetworkMode: 'container:lobby' }],
    [
      'an address of the host to bind',
      { ports: [{ name: 'game', protocol: 'tcp', containerPort: 1, hostPort: 20_000, hostIp: '127.0.0.1' }] },
    ],
    ['the host’s processes', { PidMode: 'host' }],
    ['devices', { devices: ['/dev/mem'] }],
    ['security options', { SecurityOpt: ['seccomp=unconfined'] }],
    ['another capability', sandbox({ capAdd: ['SYS_ADMIN'] })],
    ['one capability many times', sandbox({ capAdd: ['SYS_NICE', 'SYS_NICE', 'SYS_NICE'] })],
    ['a user with spaces', sandbox({ user: '1000 --privileged' })],
    ['a NUL in a variable', { env: { A: 'a\0b' } }],
    ['a variable with an equals sign', { env: { 'A=B': 'c' } }],
    ['a name that climbs', { name: '../../etc' }],
    ['an image that is an option', { image: '--privileged' }],
    ['a negative limit', { limits: { memoryMb: -1, cpus: 1 } }],
    ['a limit of text', { limits: { memoryMb: '256', cpus: 1 } }],
    ['a limit beyond numbers', `{"limits":{"memoryMb":1e999,"cpus":1}}`],
    ['a limit that is no whole number', { limits: { memoryMb: 256.5, cpus: 1 } }],
    ['a port of zero', { ports: port(0) }],
    ['a port that wraps', { ports: port(65_536 + 22_222) }],
    ['a prototype', `{"__proto__":{"privileged":true},"constructor":{"prototype":{}}}`],
    ['labels', { labels: { 'mainstay.installation': 'another' } }],
  ];
  describe.each(made)('as %s', (_, effect) => {
    it.each(smuggled)('is nothing with %s', async (_what, changes) => {
      const good = JSON.stringify({ ...spec, limits: { memoryMb: 256, cpus: 1 } });
      // Written by hand, so that the text that a parser sees is the one that stands here.
      const text = typeof changes === 'string' ? changes : JSON.stringify(changes);
      const wanted = `${good.slice(0, -1)},${text.slice(1)}`;
      const { socket } = manager.live;
      const answered = new Promise<{ error?: { data: { code: string } } }>((resolve) =>
        socket.on('message', function hear(data: Buffer) {
          const message = JSON.parse(data.toString());
          if (message.id !== 'smuggled') return;
          socket.off('message', hear);
          resolve(message);
        }),
      );
      const params = JSON.stringify({ serverId: newServerId(), containerId: null, engineId: null, effect: 'EFFECT' });
      const body = params.replace('"EFFECT"', JSON.stringify(effect('SPEC' as never)).replace('"SPEC"', wanted));
      socket.send(`{"jsonrpc":"2.0","id":"smuggled","method":"server.apply","params":${body}}`);
      expect(await answered).toMatchObject({ error: { data: { code: 'invalid-request' } } });
      expect(await ours()).toEqual([]);
    });
  });
});

describe('a policy', () => {
  const allows = (policy: Partial<Policy>, image: string) =>
    refusalOf(policyShape.parse(policy), { action: 'ensure-image', image, unlessContainer: false }) === null;

  it.each([
    ['itzg/minecraft-server', 'itzg/minecraft-server', true],
    ['itzg/minecraft-server', 'itzg/minecraft-server:java21', true],
    ['itzg/minecraft-server', 'docker.io/itzg/minecraft-server:java21', true],
    ['itzg/minecraft-server', `itzg/minecraft-server@sha256:${'0'.repeat(64)}`, true],
    ['itzg/minecraft-server', 'itzg/minecraft-server-2', false],
    ['itzg/minecraft-server:latest', 'itzg/minecraft-server', true],
    ['itzg/minecraft-server:latest', 'itzg/minecraft-server:beta', false],
    ['itzg/*', 'itzg/minecraft-server', true],
    ['itzg/*', 'ghcr.io/itzg/minecraft-server', false],
    ['ghcr.io/*/valheim*', 'ghcr.io/lloesche/valheim-server:1', true],
    ['ghcr.io/*', 'ghcr.io.evil.example/x', false],
    ['docker.io/library/*', 'debian', true],
    ['docker.io/library/*', 'evil/debian', false],
    ['debian', 'debian:12', true],
    ['debian', 'localhost/debian:12', false],
    ['localhost:5000/*', 'localhost:5000/game', true],
    ['*', 'registry.example:5000/any/thing:1', true],
    ['*.example/games/*', 'registry.example/games/one:1', true],
    ['*.example/games/*', 'registry.example:5000/games/one', false],
    ['*.example/games/*', 'evil.io/registry.example/games/one', false],
    ['*/game', 'evil.example/game', true],
    // A registry is no part of a repository, nor of a tag.
    ['debian', 'debian:5000/evil', false],
    ['debian:5000', 'debian:5000/evil', false],
    ['debian:1*', 'debian:12', true],
    ['debian:1*', 'debian:12/evil/x', false],
    ['debian:*', 'debian:5000/evil:1', false],
    ['debian*', 'debian.evil.example/x', false],
    ['itzg/*', 'itzg/minecraft-server:java21', true],
    ['localhost/debian', 'localhost:5000/debian', false],
    // Beside a digest the engine does not read the tag.
    ['itzg/mc:java*', 'itzg/mc:java21', true],
    ['itzg/mc:java*', `itzg/mc:java21@sha256:${'0'.repeat(64)}`, false],
    ['itzg/mc:*', `itzg/mc@sha256:${'0'.repeat(64)}`, false],
    ['itzg/mc:*', 'itzg/mc', true],
    ['itzg/mc@*', `itzg/mc:java21@sha256:${'0'.repeat(64)}`, true],
    ['itzg/mc@*', 'itzg/mc:java21', false],
    [`itzg/mc@sha256:${'0'.repeat(64)}`, `itzg/mc@sha256:${'0'.repeat(64)}`, true],
    [`itzg/mc@sha256:${'0'.repeat(64)}`, `itzg/mc@sha256:${'1'.repeat(64)}`, false],
    ['itzg/mc:java21@*', `itzg/mc@sha256:${'0'.repeat(64)}`, false],
    ['a*a', 'a', false],
    ['.*', 'debian', false],
  ])('with the pattern %s and image %s: %s', (pattern, image, expected) => expect(allows({ images: [pattern] }, image)).toBe(expected));

  it('that says nothing lets a sample server be made, and gives no low port away', () => {
    for (const effect of bringUp(spec)) expect(refusalOf(defaultPolicy, effect)).toBeNull();
    const low = { ...spec, ports: [{ name: 'game', protocol: 'tcp' as const, containerPort: 80, hostPort: 80 }] };
    expect(refusalOf(defaultPolicy, { action: 'ensure-container', spec: low })).toMatchObject({ rule: 'hostPorts' });
  });

  it('without a server’s own limit counts what its installer takes', () => {
    const effect: Effect = { action: 'ensure-installed', install, spec, operationId: operationId as never, again: false, limitSeconds: 60 };
    expect(refusalOf(policyShape.parse({ memoryMb: 512 }), effect)).toMatchObject({ rule: 'memoryMb' });
    expect(refusalOf(policyShape.parse({ memoryMb: 1024 }), effect)).toBeNull();
  });
});

describe('a policy’s file', () => {
  let directory: string;
  let path: string;
  let said: string[];
  const log = pino({ level: 'warn' }, { write: (line: string) => void said.push(line) });
  const open = (named = true) => PolicyFile.open({ path, named }, log);
  const image = (reference: string): Effect => ({ action: 'ensure-image', image: reference, unlessContainer: false });
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mainstay-policy-'));
    path = join(directory, 'policy.yaml');
    said = [];
  });
  afterEach(() => rm(directory, { recursive: true }));

  it.each([
    ['not YAML', 'images: [', /cannot be used/],
    ['a rule that there is none of', 'hostPaths: [/srv]', /hostPaths/],
    ['a rule of another shape', 'memoryMb: lots', /memoryMb/],
    ['a capability that is never given', 'capabilities: [SYS_ADMIN]', /capabilities/],
    ['ports the wrong way round', 'hostPorts: { from: 9, to: 8 }', /from/],
    ['a rule twice', 'images: [a]\nimages: [b]', /unique/],
    ['aliases', 'images: &a [x]\nusers: *a', /alias/i],
  ])('that holds %s refuses the start, with its place', async (_, text, reason) => {
    await writeFile(path, text);
    await expect(open()).rejects.toThrow(reason);
    await expect(open()).rejects.toThrow(path);
  });

  it('that was named and is not there refuses the start; the usual place may be empty', async () => {
    await expect(open()).rejects.toThrow(/no such file/);
    await (await open(false)).refuse(image('debian'));
  });

  it('may be JSON, or hold nothing but remarks', async () => {
    await writeFile(path, '{ "images": ["debian"] }');
    await expect((await open()).refuse(image('alpine'))).rejects.toMatchObject({ code: 'refused-by-host', extra: { rule: 'images' } });
    await writeFile(path, '# all as usual\n');
    await (await open()).refuse(image('alpine'));
  });

  it('that was there once and is gone refuses the next start, also where it came after the first', async () => {
    const manager = await openManager();
    const home = join(directory, 'agent');
    const environment = { MAINSTAY_HOME: directory, MAINSTAY_MANAGER: manager.url, MAINSTAY_JOIN_TOKEN: 'good' };
    const config = readAgentConfig(environment, 'host');
    /** Runs it until `done` holds. */
    const run = async (done: () => unknown) => {
      const stopping = new AbortController();
      const ending = startAgent(config, { log, signal: stopping.signal });
      ending.catch(() => undefined);
      await Promise.race([eventually(done), ending]);
      stopping.abort();
      await ending;
    };
    const identity = () => readFile(join(home, 'identity.json'), 'utf8');
    try {
      await run(() => manager.proven > 0);
      await run(async () => {
        await writeFile(config.policy.path, 'images: [debian]');
        return (await identity()).includes('"hadPolicy": true');
      });
      await rm(config.policy.path);
      await expect(run(() => false)).rejects.toThrow(config.policy.path);
      await writeFile(config.policy.path, '');
      const before = manager.proven;
      await run(() => manager.proven > before);
    } finally {
      await manager.close();
    }
  });

  it('counts at once when it changed, and the one before it goes on when it cannot be used or is gone', async () => {
    await writeFile(path, 'images: [debian]');
    const policy = await open();
    await policy.refuse(image('debian'));
    await writeFile(path, 'images: [alpine]');
    await expect(policy.refuse(image('debian'))).rejects.toThrow(path);
    await writeFile(path, 'images: [');
    await expect(policy.refuse(image('debian'))).rejects.toThrow(path);
    await policy.refuse(image('alpine'));
    await rm(path);
    await expect(policy.refuse(image('debian'))).rejects.toThrow(path);
    const errors = said.map((line) => JSON.parse(line)).filter(({ level }) => level === 50);
    expect(errors.map(({ reason }) => reason)).toEqual([expect.stringMatching(/./), expect.stringContaining('gone')]);
    await writeFile(path, 'images: [debian]');
    await policy.refuse(image('debian'));
  });
});
