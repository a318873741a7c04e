// A cable between two networks of a test's own: each end is an interface there, and every Ethernet frame passes through this
// process, which can lose it, hold it back, send it twice or out of order, or cut the cable. (The kernel's own emulation, netem,
// is not in every kernel.)

import { execFile as execFileCallback, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { note } from './ledger.ts';
import { freePort } from './ports.ts';
import { until } from './until.ts';

const execFile = promisify(execFileCallback);

export type Direction = 'there' | 'back';

/** What becomes of frames, in both directions. */
export interface Weather {
  /** How many of them are lost: 0 to 1. */
  readonly loss?: number;
  readonly delayMs?: number;
  /** How many come twice. */
  readonly twice?: number;
  /** How many are overtaken: they come up to 50 ms later. */
  readonly late?: number;
}

export interface Cable {
  /** Nothing passes in these directions any more. */
  cut(...directions: Direction[]): void;
  /** All passes again, as it should. */
  mend(): void;
  worsen(weather: Weather): void;
  /** How many frames were lost, and how many passed. */
  readonly frames: { readonly lost: number; readonly passed: number };
  close(): void;
}

export interface End {
  /** As `ip netns` calls it. */
  readonly network: string;
  /** With its prefix: `10.0.0.1/30`. */
  readonly address: string;
}

const lateMs = 50;

/** @param random 0 ≤ n < 1 */
export async function layCable(one: End, other: End, random: () => number): Promise<Cable> {
  const [here, there] = await Promise.all([plug(one), plug(other)]);
  const cuts = new Set<Direction>();
  const frames = { lost: 0, passed: 0 };
  let weather: Weather = {};
  const happens = (chance = 0) => chance > 0 && random() < chance;
  const pass = (frame: Buffer, to: Plug, direction: Direction) => {
    if (cuts.has(direction) || happens(weather.loss)) {
      frames.lost += 1;
      return;
    }
    const copies = happens(weather.twice) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      frames.passed += 1;
      const waitMs = (weather.delayMs ?? 0) + (happens(weather.late) ? random() * lateMs : 0);
      if (waitMs === 0) to.send(frame);
      // What is under way when the cable is cut is lost as well.
      else setTimeout(() => cuts.has(direction) || to.send(frame), waitMs);
    }
  };
  here.socket.on('message', (frame) => pass(frame, there, 'there'));
  there.socket.on('message', (frame) => pass(frame, here, 'back'));
  return {
    frames,
    cut: (...directions) => {
      for (const each of directions) cuts.add(each);
    },
    mend() {
      cuts.clear();
      weather = {};
    },
    worsen(worse) {
      weather = worse;
    },
    close() {
      here.close();
      there.close();
    },
  };
}

interface Plug {
  readonly socket: Socket;
  send(frame: Buffer): void;
  close(): void;
}

/** An interface in a network, its frames as datagrams here. */
async function plug({ network, address }: End): Promise<Plug> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const port = await freePort();
  const name = `ms${randomBytes(5).toString('hex')}`;
  const datagrams = `UDP4:127.0.0.1:${socket.address().port},bind=127.0.0.1:${port}`;
  const child = spawn('socat', [`TUN,tun-type=tap,tun-name=${name},iff-no-pi`, datagrams], { stdio: 'ignore' });
  if (child.pid === undefined) throw new Error('socat could not be started');
  note('processes', String(child.pid));
  await until(`the interface ${name}`, () => execFile('ip', ['link', 'set', name, 'netns', network]).then(() => true));
  await execFile('ip', ['-netns', network, 'address', 'add', address, 'dev', name]);
  await execFile('ip', ['-netns', network, 'link', 'set', name, 'up']);
  let closed = false;
  return {
    socket,
    send: (frame) => {
      if (!closed) socket.send(frame, port, '127.0.0.1');
    },
    close() {
      closed = true;
      socket.close();
      child.kill('SIGKILL');
    },
  };
}
