// Where a socket stands until it has proven which agent it is. It may say two things: a hello, then a proof. The first other
// thing shuts it for good, and so does more than these two can be long; what is shut is heard in nothing any more.

import type { Duplex } from 'node:stream';
import { closeCodes } from '@mainstay/wire/link';
import type { Socket } from '@mainstay/wire/rpc';
import type { WebSocket } from 'ws';
import { z } from 'zod';

/** A hello and a proof are a few hundred bytes; pings and the frames' own bytes count in. */
const largestUnproven = 16 * 1024;

/** What is said in which order. */
const order = ['link.hello', 'link.prove'] as const;
const request = z.object({ jsonrpc: z.literal('2.0'), id: z.union([z.number(), z.string()]), method: z.string() });

export class Threshold {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  #said = 0;
  #bytes = 0;
  #state: 'unproven' | 'proven' | 'shut' = 'unproven';

  /** @param stream what the socket's bytes come by */
  constructor(socket: WebSocket, stream: Duplex) {
    this.#socket = socket;
    this.#stream = stream;
    stream.on('data', this.#count);
  }

  /** Whether it has given its proof, and now waits to hear what it was worth. */
  get proving(): boolean {
    return this.#said === order.length;
  }

  /** Nothing is kept from it any more. */
  proven(): void {
    if (this.#state === 'unproven') this.#state = 'proven';
    this.#stream.off('data', this.#count);
  }

  /** Closes the socket; who does not answer the closing handshake is not waited for. */
  shut(code: number, why: string): void {
    this.#state = 'shut';
    this.#stream.off('data', this.#count);
    closeSoon(this.#socket, code, why);
  }

  /** The socket as its connection may see it. */
  get heard(): Socket {
    const socket = this.#socket;
    const listen = (event: string, listener: (...said: never[]) => void) =>
      socket.on(event, (...said) => {
        if (event !== 'message' || this.#admits(String(said[0]))) listener(...(said as never[]));
      });
    return { send: (text, done) => socket.send(text, done), on: listen };
  }

  #admits(text: string): boolean {
    if (this.#state !== 'unproven') return this.#state === 'proven';
    const parsed = request.safeParse(asJson(text));
    if (parsed.success && parsed.data.method === order[this.#said]) {
      this.#said += 1;
      return true;
    }
    this.shut(closeCodes.unproven, 'a hello and a proof come first');
    return false;
  }

  readonly #count = (piece: Buffer): void => {
    this.#bytes += piece.length;
    if (this.#bytes <= largestUnproven) return;
    this.#state = 'shut';
    this.#socket.terminate();
  };
}

export function closeSoon(socket: WebSocket, code: number, why: string): void {
  socket.close(code, why);
  setTimeout(() => socket.terminate(), 1_000).unref();
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
