// When a program says in its log that it can be used, on the real engine: told once, read back by an agent that comes
// later, and anew after each start.

import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';
import type { ReadyLine } from '@mainstay/core/server';
import type { ContainerSpec } from '@mainstay/wire/link';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine } from '../src/engine.ts';
import { createHandlers } from '../src/serve.ts';
import { bringUp, docker, eventually, newServerId, openHost, program, sampleSpec, type TestHost } from './host.ts';

/** Events that are not heard, and what cuts the stream that is open; lists that fail. */
let deaf = false;
let cut = () => {};
let blind = false;
let failed = 0;
const withKnobs = (engine: Engine): Engine => ({
  ...engine,
  list(labels) {
    if (!blind) return engine.list(labels);
    failed += 1;
    return Promise.reject(new Fault('engine-unreachable', 'The test says so.'));
  },
  events(labels, after, opened, each, signal) {
    if (deaf) return Promise.reject(new Fault('engine-unreachable', 'The test says so.'));
    const controller = new AbortController();
    cut = () => controller.abort();
    return engine.events(labels, after, opened, each, AbortSignal.any([signal, controller.signal]));
  },
});

let host: TestHost;
let serverId: ServerId;
let spec: ContainerSpec;

beforeEach(async () => {
  deaf = blind = false;
  host = await openHost(withKnobs);
  await host.watch();
  serverId = newServerId();
  spec = sampleSpec(`ready-${serverId.slice(0, 8)}`, {
    stop: { signal: 'SIGKILL', graceSeconds: 0 },
    command: program(`
      console.log('starting');
      process.stdin.on('data', (typed) => console.log('\\u001b[32mDone (' + typed.toString().trim() + ')\\u001b[0m'));
    `),
  });
});
afterEach(() => host.close());

const done: ReadyLine = { line: 'Done (', regex: false };
const up = (ready: ReadyLine | null) =>
  host.do(serverId, ...bringUp(spec).slice(0, -1), { action: 'ensure-running', mustHold: false, ready });
const says = (line: string) => host.engine.input(spec.name, line);
const readyAt = () => host.newest(serverId)?.readyAt;
const asked = { signal: new AbortController().signal, report: () => undefined };
const handlers = () => createHandlers(host.world);
const target = () => ({ serverId, containerId: null });

describe('a server that says when it can be used', () => {
  it('is ready from then on, and not before', async () => {
    const { observation } = await up(done);
    expect(observation.servers[0]?.readyAt).toBe(null);
    await eventually(() => readyAt() === null);
    await says('1.2 s');
    await eventually(() => typeof readyAt() === 'number');
    const told = readyAt();
    expect((await host.looker.look([serverId], { data: false, exact: new Set([serverId]) })).servers[0]?.readyAt).toBe(told);
  });

  it('is known by a pattern too, which sees no colours', async () => {
    await up({ line: '^Done \\(\\d+ s\\)$', regex: true });
    await says('soon');
    await says('3 s');
    await eventually(() => typeof readyAt() === 'number');
    const lines = await host.engine.logs(spec.name, 5);
    expect(readyAt()).toBe(lines.find(({ text }) => text.includes('3 s'))?.at);
  });

  it('has to say it again after each start, the engine’s own included', async () => {
    await up(done);
    await says('first');
    await eventually(() => typeof readyAt() === 'number');
    await docker.getContainer(spec.name).restart({ t: 0 });
    await eventually(() => readyAt() === null && host.newest(serverId)?.sighting.kind === 'running');
    await says('again');
    await eventually(() => typeof readyAt() === 'number');
  });

  it('has to say it again after a start that no event told of', async () => {
    await up(done);
    await says('first');
    await eventually(() => typeof readyAt() === 'number');
    // So long that the list's whole seconds tell one start from the other.
    const status = async () => (await docker.listContainers({ filters: { name: [spec.name] } }))[0]?.Status;
    await eventually(async () => /Up ([4-9]|\d\d) seconds/.test((await status()) ?? ''), 20_000);
    deaf = true;
    cut();
    await eventually(() => !host.endings.listening);
    await docker.getContainer(spec.name).restart({ t: 0 });
    await eventually(() => readyAt() === null && host.newest(serverId)?.sighting.kind === 'running', 20_000);
  });

  it('has to say it again after a start whose look failed', async () => {
    await up(done);
    await says('first');
    await eventually(() => typeof readyAt() === 'number');
    blind = true;
    await docker.getContainer(spec.name).restart({ t: 0 });
    const before = failed;
    await eventually(() => failed > before + 1, 20_000);
    blind = false;
    await eventually(() => readyAt() === null && host.newest(serverId)?.sighting.kind === 'running');
  });

  it('that nobody listens to is told nothing of', async () => {
    await up(null);
    await says('now');
    await eventually(() => host.newest(serverId)?.sighting.kind === 'running');
    expect(host.newest(serverId)).not.toHaveProperty('readyAt');
  });
});

describe('an agent that comes later', () => {
  const look = (ready: ReadyLine | null, known: number | null) =>
    handlers()['host.look']({ servers: [{ ...target(), ready, readyAt: known }] }, asked);

  it('reads back to the program’s start', async () => {
    await up(null);
    await says('long ago');
    await look(done, null);
    await eventually(() => typeof readyAt() === 'number');
  });

  it('believes what the manager knows of this start, and nothing of one before', async () => {
    await up(null);
    const now = Date.now() + 1000;
    expect((await look(done, now)).servers[0]?.readyAt).toBe(now);
    expect((await look(done, 1000)).servers[0]?.readyAt).toBe(null);
  });

  it('listens at once for a line that was changed', async () => {
    await up(done);
    await says('x');
    await eventually(() => typeof readyAt() === 'number');
    await handlers()['server.awaitready']({ serverId, ready: { line: 'starting', regex: false } }, asked);
    await eventually(() => host.readiness.of(serverId) !== null);
    await handlers()['server.awaitready']({ serverId, ready: null }, asked);
    expect(host.readiness.of(serverId)).toBe(undefined);
  });
});
