// A Source RCON client (developer.valvesoftware.com/wiki/Source_RCON_Protocol): signs in, sends one command, gathers the
// answer. Servers differ in how they end a long one, so it is over when the packet that asks for its end comes back, or when
// nothing has come for a while. One packet at a time: some servers read no second one out of the same piece.

import { connect, type Socket } from 'node:net';
import { Fault } from '@mainstay/core/fault';

const types = { answer: 0, command: 2, authAnswer: 2, auth: 3 } as const;
const ids = { auth: 1, command: 2, end: 3 } as const;

/** A refused password is told by this id. */
const refusedId = -1;
/** The least that the size field may say, and a most that no server comes near: more is no RCON. */
const sizeLeast = 10;
const sizeMost = 64 * 1024;
/** A body this long may be one of several; servers cut at 4096 bytes or a little before. */
const maybeMore = 3_500;
const connectMs = 3_000;
const answerMs = 5_000;
/** Between the pieces of an answer whose end is not told. */
const quietMs = 400;
/** What is shown of an answer at most. */
const answerMost = 64 * 1024;

interface Packet {
  readonly id: number;
  readonly type: number;
  readonly body: string;
}

/** Nothing answers there; somewhere else something may. */
export class Unreached extends Fault {}

/**
 * Sends one command.
 * @returns what the server answered, '' for nothing
 * @throws Fault `console-unavailable` when it cannot be reached, refuses the password, or speaks something else
 */
export async function askRcon(host: string, port: number, password: string, command: string, signal: AbortSignal): Promise<string> {
  const socket = await open(host, port, signal);
  try {
    const packets = packetsOf(socket, signal);
    socket.write(encode({ id: ids.auth, type: types.auth, body: password }));
    for (;;) {
      const packet = await packets.next(answerMs);
      if (packet === null) throw unavailable('The RCON port took the password and did not answer. Is it the right port?');
      // Source servers send an empty answer first.
      if (packet.type !== types.authAnswer) continue;
      if (packet.id === refusedId)
        throw unavailable('The server refused its RCON password. It may have been changed since its container was made.');
      break;
    }
    socket.write(encode({ id: ids.command, type: types.command, body: command }));
    return await gather(socket, packets);
  } finally {
    socket.destroy();
  }
}

async function gather(socket: Socket, packets: Packets): Promise<string> {
  let answer = '';
  let endAsked = false;
  for (let wait = answerMs; ; wait = quietMs) {
    const packet = await packets.next(wait);
    if (packet === null || packet.id === ids.end || answer.length > answerMost) return answer.slice(0, answerMost);
    answer += packet.body;
    if (!endAsked && packet.body.length < maybeMore) return answer;
    if (!endAsked) socket.write(encode({ id: ids.end, type: types.answer, body: '' }));
    endAsked = true;
  }
}

function open(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    const late = setTimeout(() => socket.destroy(new Error('late')), connectMs);
    socket.once('connect', () => {
      clearTimeout(late);
      resolve(socket);
    });
    socket.once('error', () => {
      clearTimeout(late);
      const detail = `Nothing answers at the server’s RCON port ${port}. It may still be starting, or have RCON turned off.`;
      reject(new Unreached('console-unavailable', detail));
    });
  });
}

interface Packets {
  /** The next packet; null when none comes within `ms`, or the connection has ended. @throws Fault when it is none */
  next(ms: number): Promise<Packet | null>;
}

function packetsOf(socket: Socket, signal: AbortSignal): Packets {
  let pending = Buffer.alloc(0);
  let ended = false;
  let wake = () => {};
  const end = () => {
    ended = true;
    wake();
  };
  socket.on('data', (piece: Buffer) => {
    pending = Buffer.concat([pending, piece]);
    wake();
  });
  socket.on('error', end);
  socket.on('close', end);
  signal.addEventListener('abort', end, { once: true });
  return {
    async next(ms) {
      const deadline = performance.now() + ms;
      for (;;) {
        const packet = decode(pending);
        if (packet) {
          pending = pending.subarray(packet.size);
          return packet;
        }
        const left = deadline - performance.now();
        if (ended || left <= 0) return null;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
  };
}

function encode({ id, type, body }: Packet): Buffer {
  const text = Buffer.from(body, 'utf8');
  const packet = Buffer.alloc(text.length + 14);
  packet.writeInt32LE(text.length + sizeLeast, 0);
  packet.writeInt32LE(id, 4);
  packet.writeInt32LE(type, 8);
  text.copy(packet, 12);
  return packet;
}

/** The first packet of `bytes`, with the bytes it takes; null when it is not whole yet. */
function decode(bytes: Buffer): (Packet & { readonly size: number }) | null {
  if (bytes.length < 4) return null;
  const size = bytes.readInt32LE(0);
  if (size < sizeLeast || size > sizeMost) throw unavailable('What answers at the RCON port does not speak RCON.');
  if (bytes.length < size + 4) return null;
  const body = bytes
    .subarray(12, size + 2)
    .toString('utf8')
    .replace(/\0.*$/s, '');
  return { id: bytes.readInt32LE(4), type: bytes.readInt32LE(8), body, size: size + 4 };
}

export function unavailable(detail: string): Fault {
  return new Fault('console-unavailable', detail);
}
