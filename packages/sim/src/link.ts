// The link of a simulated host: dialled, proven, and dialled again for ever when it breaks, by the same messages as the
// real agent's. It can be cut, and it can be made silent.

import { once } from 'node:events';
import { Fault } from '@mainstay/core/fault';
import type { OperationId } from '@mainstay/core/id';
import type { HostFacts } from '@mainstay/wire/agents';
import type { CopyAnswer, CopyQuestion } from '@mainstay/wire/copies';
import {
  type agentNotifications,
  closeCodes,
  linkPath,
  linkSubprotocol,
  linkVersion,
  managerMethods,
  type Observation,
  provePayload,
} from '@mainstay/wire/link';
import { connect, fromRpcError } from '@mainstay/wire/rpc';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import { WebSocket } from 'ws';
import type { z } from 'zod';
import { answerRequests } from './answer.ts';
import type { Identity } from './key.ts';
import type { Knobs } from './knobs.ts';
import type { Handlers } from './methods.ts';
import type { World } from './world.ts';

const openMs = 10_000;
/** Between tries to dial: any time up to these, longer each time. */
const againMs = { first: 250, most: 1_000, growth: 1.5 } as const;
/** Another connection with this one's key took its place; taking turns with it more often than this helps nobody. */
const afterReplacedMs = 10_000;
/** A link without a word for so long is given up. */
const silentMs = 6_000;
/** A manager that does not record what it is told within this has not heard it. */
const recordMs = 15_000;

export interface LinkWorld extends World {
  readonly identity: Identity;
  readonly handlers: Handlers;
  readonly knobs: Knobs;
  readonly facts: () => HostFacts;
  /** It stands, and the manager has seen observations up to this number. */
  readonly proven: (seenSequence: number) => void;
}

/** A connection that is proven. */
interface Live {
  readonly socket: WebSocket;
  readonly connection: MessageConnection;
  /** Aborted when it is closed. */
  readonly lost: AbortSignal;
}

export class Link {
  readonly #world: LinkWorld;
  #live: Live | null = null;

  constructor(world: LinkWorld) {
    this.#world = world;
  }

  /** Whether it stands and is proven. */
  get up(): boolean {
    return this.#live !== null;
  }

  /** Asks about data of another host. @throws Fault `host-away` when the link is down or lost meanwhile; else the manager's */
  async askOfCopy(operationId: OperationId, question: CopyQuestion, signal: AbortSignal): Promise<CopyAnswer> {
    const live = this.#live;
    if (live === null) throw new Fault('host-away', 'There is no link to the manager.');
    const gone = AbortSignal.any([signal, live.lost]);
    const left = new Promise<never>((_, reject) =>
      gone.addEventListener('abort', () => reject(new Fault('host-away', 'The link was lost.'))),
    );
    const asked = live.connection.sendRequest('copy.ask', { operationId, question });
    asked.catch(() => undefined);
    const answer = await Promise.race([asked, left]).catch((error: unknown) => {
      throw fromRpcError(error);
    });
    return managerMethods['copy.ask'].result.parse(answer);
  }

  /** Tells what was seen. @returns whether the manager has recorded it */
  async observe(observation: Observation): Promise<boolean> {
    const live = this.#live;
    if (live === null) return false;
    const answered = new AbortController();
    const recorded = live.connection.sendRequest('host.observed', observation).then(
      () => true,
      () => false,
    );
    const late = this.#world.clock.pause(recordMs, AbortSignal.any([answered.signal, live.lost])).then(() => false);
    return Promise.race([recorded, late]).finally(() => answered.abort());
  }

  notify<N extends keyof typeof agentNotifications>(name: N, value: z.output<(typeof agentNotifications)[N]>): void {
    this.#live?.connection.sendNotification(name, value).catch(() => undefined);
  }

  /** Breaks it, as a network does; it is dialled again. */
  cut(): void {
    this.#live?.socket.terminate();
  }

  /** Something on its way swallows whatever is said, until one end gives it up. */
  silence(): void {
    const live = this.#live;
    if (live === null) return;
    this.#live = null;
    live.socket.pause();
    void this.#world.clock.pause(silentMs, live.lost).then(() => live.socket.terminate());
  }

  /** Keeps it up until `signal` aborts, or the manager says that it knows this agent no more. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#world;
    let ceiling: number = againMs.first;
    while (!signal.aborted) {
      const ended = await this.#once(signal).catch(() => null);
      if (ended?.code === closeCodes.revoked) return;
      if (ended?.proven) ceiling = againMs.first;
      const waitMs = random() * ceiling + (ended?.code === closeCodes.replaced ? afterReplacedMs : 0);
      ceiling = Math.min(ceiling * againMs.growth, againMs.most);
      await clock.pause(waitMs, signal);
    }
  }

  /** One connection, from dialling to its end. @throws when it cannot be had */
  async #once(signal: AbortSignal): Promise<{ readonly code: number; readonly proven: boolean }> {
    const { identity, handlers, knobs } = this.#world;
    const socket = new WebSocket(identity.managerUrl.replace(/^http/, 'ws') + linkPath, [linkSubprotocol], {
      handshakeTimeout: openMs,
      perMessageDeflate: false,
    });
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    const end = () => socket.terminate();
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    try {
      await once(socket, 'open', { signal });
      const connection = connect(socket);
      const lost = new AbortController();
      socket.once('close', () => lost.abort());
      answerRequests(connection, { handlers, knobs, ends: { signal, lost: lost.signal } });
      connection.onError(() => undefined);
      connection.listen();
      const proven = await Promise.race([this.#prove(connection).catch(() => null), closed.then(() => null)]);
      if (proven === null) socket.close(1000);
      else {
        this.#live = { socket, connection, lost: lost.signal };
        this.#world.proven(proven);
      }
      const code = await closed;
      connection.dispose();
      return { code, proven: proven !== null };
    } finally {
      signal.removeEventListener('abort', end);
      if (this.#live?.socket === socket) this.#live = null;
    }
  }

  /** @returns the newest number that the manager has of this agent */
  async #prove(connection: MessageConnection): Promise<number> {
    const { key, agentId, installationId } = this.#world.identity;
    const hello = managerMethods['link.hello'].result.parse(await connection.sendRequest('link.hello', { linkVersion, agentId }));
    const signature = key.sign(provePayload(installationId, agentId, hello.nonce));
    const proof = await connection.sendRequest('link.prove', { signature, facts: this.#world.facts() });
    return managerMethods['link.prove'].result.parse(proof).seenSequence;
  }
}
