// Load: many servers on one engine, many clients at once, readers beside them, some of whom do not read. Nothing is lost of
// what was acknowledged, no answer is an error of Mainstay's, and what the manager holds does not grow.

import { readdirSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { seeded } from '@mainstay/sim/world';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import { afterAll, beforeAll, expect } from 'vitest';
import { type Installation, openInstallation } from '../e2e/harness/installation.ts';
import { until } from '../e2e/harness/until.ts';
import { press, untilEnded } from './clients.ts';
import { heapInUse, inspected } from './heap.ts';
import { groundOf, leaveKeepsake } from './installation-ground.ts';
import { Promised, untilAllHold } from './invariants.ts';
import { scaled, scenario } from './scenario.ts';
import type { Ground } from './seen.ts';

const size = scaled({ short: 6, all: 200 });
const clients = scaled({ short: 4, all: 20 });
const seconds = scaled({ short: 6, all: 300 });
const streams = scaled({ short: 100, all: 1_000 });

const wishes = ['start', 'stop', 'restart', 'delete', 'restore', 'start'] as const;

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

let mainstay: Installation;
let log: string;
let ground: Ground;
const promised = new Promised();
const servers: Server[] = [];
beforeAll(async () => {
  mainstay = await openInstallation({ settings: inspected });
  ground = groundOf(mainstay);
  log = join(mainstay.directory, 'manager.log');
}, 60_000);
afterAll(() => mainstay.close(), 180_000);

scenario(
  {
    kind: 'load',
    done: `${size} servers on one engine created, then started, stopped, restarted, deleted and restored at random by ${clients} clients for ${seconds} s, reads as fast as they go beside it`,
    promised:
      'no answer is an error of Mainstay’s, every request that was acknowledged comes to its end, and all is as the engine shows; the heap in use ends within 10 % of where it began',
    limitMs: 900_000,
  },
  async (notes) => {
    notes.watch(mainstay);
    const began = performance.now();
    for (let made = 0; made < size; made += clients) {
      const count = Math.min(clients, size - made);
      servers.push(...(await Promise.all(Array.from({ length: count }, (_, at) => mainstay.create({ start: at % 2 === 0 })))));
    }
    const creatingMs = performance.now() - began;
    for (const server of servers) promised.keep(server, leaveKeepsake(mainstay.host, server));
    const random = seeded(11);
    const round = async (roundSeconds: number) => {
      const over = AbortSignal.timeout(roundSeconds * 1_000);
      const pressing = press(mainstay, servers, promised, { clients, wishes, random, signal: over });
      const [pressed, reads] = await Promise.all([pressing, read(over)]);
      await notes.settling(() => untilEnded(mainstay, promised, 300_000));
      return { ...pressed, reads };
    };
    // Once everything was done once: what is compiled and kept at hand by then stays.
    await round(seconds / 6);
    const before = await heapInUse(log);
    const { acknowledged, refused, reads } = await round((seconds * 5) / 6);
    const after = await heapInUse(log);
    await notes.settling(() => untilAllHold(ground, promised, { deadlineMs: 120_000 }));
    notes.found(
      `${(creatingMs / size).toFixed(0)} ms a creation; ${acknowledged} requests acknowledged and ended, ${refused} refused as the table says; ${Math.round(reads / ((seconds * 5) / 6))} reads a second beside it; heap in use ${megabytes(before)} before and ${megabytes(after)} after`,
    );
    expect(after / before).toBeLessThan(1.1);
  },
);

/** Reads lists and servers, over connections that stay open, until `over`. @returns how many; each was answered 200 */
async function read(over: AbortSignal): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const paths = ['/healthz', '/api/servers?limit=50', '/api/agents', '/api/session'];
  let count = 0;
  const one = async (at: number) => {
    while (!over.aborted) {
      const status = await ask(agent, paths[(at + count) % paths.length] as string);
      if (status !== 200) throw new Error(`a read was answered ${status}`);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, at) => one(at)));
  agent.destroy();
  return count;
}

function ask(agent: Agent, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(mainstay.url + path, { agent, headers: { authorization: `Bearer ${mainstay.token}` } }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    }).on('error', reject);
  });
}

scenario(
  {
    kind: 'load',
    done: `${streams} event streams opened by one client that reads none of them, while servers change; then all cut`,
    promised:
      'those that cannot keep up are ended, a reader beside them hears of each change at once, and no file descriptor of the manager’s is left behind',
    limitMs: 300_000,
  },
  async (notes) => {
    notes.watch(mainstay);
    const { id } = servers[0] as Server;
    await mainstay.call(contract.readyz, {});
    const before = await until(
      'the manager at rest',
      () => descriptors(),
      (count) => count < 60,
    );
    const held = await Promise.all(Array.from({ length: streams }, () => openStream()));
    const reader = await mainstay.changes();
    const opened = descriptors();
    const { state } = await mainstay.server(id);
    promised.acknowledge(await mainstay.carryOut(state === 'running' ? 'stop' : state === 'deleted' ? 'restore' : 'start', { id }));
    await reader.first('the change', ({ event }) => event?.serverId === id && event.happening.kind === 'operation-ended');
    for (const socket of held) socket.destroy();
    await notes.settling(() =>
      until(
        'the descriptors given back',
        () => descriptors(),
        (count) => count <= before + 5,
        30_000,
      ),
    );
    reader.close();
    notes.found(`${before} descriptors at rest, ${opened} with the streams, ${descriptors()} after them`);
    await notes.settling(() => untilAllHold(ground, promised));
  },
);

const descriptors = (): number => readdirSync(`/proc/${mainstay.manager.pid}/fd`).length;

/** An event stream that is opened, and never read from. */
function openStream(): Promise<Socket> {
  const { hostname, port } = new URL(mainstay.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`GET /api/events HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${mainstay.token}\r\n\r\n`);
      socket.once('readable', () => resolve(socket));
    });
    socket.once('error', reject);
  });
}
