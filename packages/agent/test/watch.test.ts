import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';
import type { ContainerSpec } from '@mainstay/wire/link';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Engine } from '../src/engine.ts';
import { bringUp, docker, eventually, newServerId, openHost, program, sampleSpec, type TestHost } from './host.ts';

/** The engine with knobs: unreachable, another one, no events. */
const knobs = { unreachable: false, id: null as string | null, deaf: false };
let cut = () => {};
const withKnobs = (engine: Engine): Engine => ({
  ...engine,
  async list(labels) {
    if (knobs.unreachable) throw new Fault('engine-unreachable', 'The knob says so.');
    return engine.list(labels);
  },
  async facts() {
    if (knobs.unreachable) throw new Fault('engine-unreachable', 'The knob says so.');
    const facts = await engine.facts();
    return { ...facts, id: knobs.id ?? facts.id };
  },
  events(labels, after, opened, each, signal) {
    const controller = new AbortController();
    cut = () => controller.abort();
    if (knobs.deaf) return Promise.reject(new Fault('engine-unreachable', 'The knob says so.'));
    return engine.events(labels, after, opened, each, AbortSignal.any([signal, controller.signal]));
  },
});

let host: TestHost;
let serverId: ServerId;
let spec: ContainerSpec;
let container: ReturnType<typeof docker.getContainer>;

const up = async (changes: Partial<ContainerSpec> = {}) => {
  spec = { ...spec, ...changes };
  const { containerId } = await host.do(serverId, ...bringUp(spec));
  container = docker.getContainer(String(containerId));
};
/** Scripts do not listen for a stop signal. */
const atOnce = { signal: 'SIGKILL', graceSeconds: 0 };
const seen = () => host.newest(serverId)?.sighting;
const told = (sighting: object, ms?: number) => eventually(() => expect(seen()).toMatchObject(sighting), ms);

beforeAll(async () => {
  host = await openHost(withKnobs);
  await host.watch();
});
beforeEach(() => {
  serverId = newServerId();
  spec = sampleSpec(`watch-${serverId.slice(0, 8)}`);
});
afterEach(() => host.do(serverId, { action: 'ensure-absent' }));
afterAll(() => host.close());

describe('what happens behind its back is told within a second', () => {
  it('docker stop, docker start, docker rm -f', async () => {
    await up();
    await container.stop({ t: 10 });
    await told({ kind: 'not-running', exit: { code: 0, asked: true } }, 1000);
    await container.start();
    await told({ kind: 'running' }, 1000);
    await container.remove({ force: true });
    await told({ kind: 'absent' }, 1000);
    expect(host.newest(serverId)?.data?.exists).toBe('yes');
  });

  it('a crash, with its exit code, which nobody asked for', async () => {
    await up({ command: program('setTimeout(() => process.exit(3), 800)') });
    await told({ kind: 'not-running', exit: { code: 3, asked: false, outOfMemory: false } }, 1500);
    expect(host.newest(serverId)?.crashes).toEqual([]);
  });

  it('the kernel ending it for want of memory', async () => {
    const eat = program('const kept = []; setTimeout(() => { for (;;) kept.push(Buffer.alloc(1e6, 1)); }, 800)');
    await up({ command: eat, limits: { memoryMb: 64, cpus: null } });
    await told({ kind: 'not-running', exit: { code: 137, outOfMemory: true, asked: false } }, 3000);
  });

  it('a crash that the restart policy hides', async () => {
    const crashOnce = `const fs = require('fs'); const again = fs.existsSync('/data/crashed'); fs.writeFileSync('/data/crashed', '');
      setTimeout(() => process.exit(4), again ? 60_000 : 800)`;
    await up({ command: program(crashOnce), restart: 'on-failure', stop: atOnce });
    await eventually(() =>
      host.sent.some(({ servers }) => servers.some((server) => server.serverId === serverId && server.crashes.length > 0)),
    );
    const crashed = host.sent
      .flatMap(({ servers }) => servers)
      .filter((server) => server.serverId === serverId && server.crashes.length > 0);
    expect(crashed).toHaveLength(1);
    expect(crashed[0]?.crashes).toMatchObject([{ code: 4, asked: false }]);
    await told({ kind: 'running' });
  });

  it('and nothing is told twice', async () => {
    await up();
    await container.stop({ t: 10 });
    await told({ kind: 'not-running' }, 1000);
    const count = host.sent.length;
    await host.looker.look('all', { data: false, exact: new Set() });
    await container.rename({ name: `${spec.name}-other` });
    await container.rename({ name: spec.name });
    expect(host.sent.length).toBe(count);
  });
});

it('a flapping container is told of a few times a second, and its last state in the end', async () => {
  await up({ command: program('setTimeout(() => {}, 60_000)'), stop: atOnce });
  const before = host.sent.length;
  const begun = Date.now();
  for (let round = 0; round < 8; round += 1) {
    await container.stop({ t: 0 });
    await container.start();
  }
  await container.stop({ t: 0 });
  const seconds = (Date.now() - begun) / 1000;
  await told({ kind: 'not-running' }, 2000);
  expect(host.sent.length - before).toBeLessThanOrEqual(4 + 4 * (seconds + 1));
});

it('with its events cut, a change is told within six seconds, and the stream comes back', async () => {
  await up();
  await told({ kind: 'running' }, 6000).catch(() => undefined);
  knobs.deaf = true;
  cut();
  await container.remove({ force: true });
  await told({ kind: 'absent' }, 6000);
  knobs.deaf = false;
  await eventually(() => host.endings.listening, 12_000);
});

it('what happened while the stream was away is known when it is back', async () => {
  await up();
  knobs.deaf = true;
  cut();
  await eventually(() => !host.endings.listening);
  await container.stop({ t: 10 });
  knobs.deaf = false;
  await told({ kind: 'not-running', exit: { code: 0 } }, 12_000);
});

describe('an engine that does not answer, or another one', () => {
  it('makes a look of nothing: no server is said to be gone', async () => {
    await up();
    knobs.unreachable = true;
    const observation = await host.looker.look('all', { data: false, exact: new Set() });
    expect(observation).toMatchObject({ engineId: null, why: 'The knob says so.', servers: [], strays: null });
    await eventually(() => host.sent.at(-1)?.engineId === null, 6000);
    knobs.unreachable = false;
    await eventually(() => host.sent.at(-1)?.engineId !== null, 6000);
  });

  it('is told by its id before anything is called gone', async () => {
    await up();
    await container.remove({ force: true });
    knobs.id = 'another engine';
    const observation = await host.looker.look([serverId], { data: false, exact: new Set() });
    expect(observation).toMatchObject({ engineId: 'another engine', servers: [{ sighting: { kind: 'absent' } }] });
    knobs.id = null;
  });
});

describe('containers with our label that are no server’s', () => {
  it('are strays; a rebuild’s second container is none while something is done to the server', async () => {
    await up();
    const extra = await docker.createContainer({
      name: `${spec.name}-extra`,
      Image: spec.image,
      Labels: { 'mainstay.installation': host.installationId, 'mainstay.server': serverId },
    });
    const nobodys = await docker.createContainer({
      name: `${spec.name}-nobodys`,
      Image: spec.image,
      Labels: { 'mainstay.installation': host.installationId, 'mainstay.server': 'nonsense' },
    });
    const full = await host.looker.look('all', { data: false, exact: new Set() });
    expect(full.servers.find((server) => server.serverId === serverId)?.sighting).toMatchObject({
      kind: 'running',
      containerId: container.id,
    });
    expect(full.strays).toContainEqual({ containerId: extra.id, name: `${spec.name}-extra`, serverId });
    expect(full.strays).toContainEqual({ containerId: nobodys.id, name: `${spec.name}-nobodys`, serverId: null });
    await host.turns.take(serverId, async () => {
      const during = await host.looker.look('all', { data: false, exact: new Set() });
      expect(during.strays?.map((stray) => stray.containerId)).toEqual([nobodys.id]);
    });
    await extra.remove();
    await nobodys.remove();
  });
});
