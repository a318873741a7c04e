// The link to the manager: dialled from here, proven by key, and dialled again for ever when it breaks. Only a manager
// that says `revoked` ends it.

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
import type { Logger } from 'pino';
import { CancellationTokenSource, type MessageConnection } from 'vscode-jsonrpc/node';
import type { z } from 'zod';
import { createBackoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import { dial, hangUp, whenClosed } from './dial.ts';
import { messageOf } from './durable.ts';
import type { Identity, Key, Sequence } from './identity.ts';
import { answerRequests } from './requests.ts';
import type { Handlers } from './serve.ts';
import { whyUnreached } from './unreached.ts';

/** Another agent with this one's key took its place; taking turns with it more often than this helps nobody. */
const afterReplacedMs = 10_000;
/** A manager under load proves no agent at once; one that never does is not waited for. */
const proveMs = 15_000;

/** A manager that does not record what it is told within this has not heard it. */
const recordMs = 15_000;

const late = (): never => {
  throw new Error('The manager did not answer in time.');
};

/** The manager does not know this agent any more. */
export class Revoked extends Error {}

export interface LinkWorld {
  readonly managerUrl: string;
  readonly identity: Identity;
  readonly key: Key;
  readonly handlers: Handlers;
  readonly sequence: Sequence;
  readonly facts: () => Promise<HostFacts>;
  readonly clock: Clock;
  readonly log: Logger;
}

type Notifications = typeof agentNotifications;

export class Link {
  readonly #world: LinkWorld;
  #proven: MessageConnection | null = null;

  constructor(world: LinkWorld) {
    this.#world = world;
  }

  /** @returns whether there is a link to say it over */
  notify<N extends keyof Notifications>(name: N, value: z.output<Notifications[N]>): boolean {
    if (this.#proven === null) return false;
    this.#proven.sendNotification(name, value).catch(() => undefined);
    return true;
  }

  /** Asks about data that an operation of this host copies. @throws Fault `host-away` when the link is down or lost meanwhile; else the manager's */
  async askOfCopy(operationId: OperationId, question: CopyQuestion, signal: AbortSignal): Promise<CopyAnswer> {
    const connection = this.#proven;
    if (connection === null) throw new Fault('host-away', 'There is no link to the manager.');
    const cancellation = new CancellationTokenSource();
    const cancel = () => cancellation.cancel();
    signal.addEventListener('abort', cancel);
    try {
      signal.throwIfAborted();
      return managerMethods['copy.ask'].result.parse(
        await connection.sendRequest('copy.ask', { operationId, question }, cancellation.token),
      );
    } catch (error) {
      signal.throwIfAborted();
      throw fromRpcError(error);
    } finally {
      signal.removeEventListener('abort', cancel);
      cancellation.dispose();
    }
  }

  /** Tells what was seen. @returns whether the manager has recorded it */
  async observe(observation: Observation): Promise<boolean> {
    const connection = this.#proven;
    if (connection === null) return false;
    try {
      await Promise.race([
        connection.sendRequest('host.observed', observation),
        this.#world.clock.pause(recordMs, new AbortController().signal).then(late),
      ]);
      return true;
    } catch (error) {
      this.#world.log.warn({ reason: messageOf(error) }, 'an observation was not recorded; it is told again');
      return false;
    }
  }

  /** Keeps the link up until `signal` aborts. @throws Revoked */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, managerUrl } = this.#world;
    const backoff = createBackoff(Math.random);
    let before: unknown;
    while (!signal.aborted) {
      const ended = await this.#once(signal, () => backoff.reset()).catch(whyUnreached);
      if (signal.aborted) return;
      if (ended === closeCodes.revoked) {
        throw new Revoked('The manager has removed this agent. To join again, give it a new token and a new MAINSTAY_HOME.');
      }
      log[ended === before ? 'debug' : 'warn']({ manager: managerUrl, ended }, 'no link to the manager; dialling again');
      before = ended;
      await clock.pause(backoff.next() + (ended === closeCodes.replaced ? afterReplacedMs : 0), signal);
    }
  }

  /** One connection, from dialling to its end. @returns its close code. @throws why it was not proven */
  async #once(signal: AbortSignal, proven: () => void): Promise<number> {
    const { managerUrl, handlers, log, clock } = this.#world;
    const socket = await dial(managerUrl.replace(/^http/, 'ws') + linkPath, linkSubprotocol, signal);
    const closed = whenClosed(socket);
    const end = () => hangUp(socket);
    signal.addEventListener('abort', end);
    const connection = connect(socket);
    try {
      answerRequests(connection, handlers, log, signal);
      connection.onError(([error]) => log.warn({ reason: error.message }, 'link'));
      connection.listen();
      const late = clock.pause(proveMs, signal).then(() => new Error('The manager did not answer in time.'));
      const outcome = await Promise.race([this.#prove(connection).catch((error: unknown) => new Error(messageOf(error))), closed, late]);
      if (outcome === undefined) {
        this.#proven = connection;
        proven();
        log.info({ manager: managerUrl }, 'linked');
        return await closed;
      }
      hangUp(socket);
      // How the manager closes it says more than its answer, where it says anything.
      const code = await closed;
      if (typeof outcome === 'number' || code === closeCodes.revoked) return code;
      throw outcome;
    } finally {
      if (this.#proven === connection) this.#proven = null;
      signal.removeEventListener('abort', end);
      connection.dispose();
    }
  }

  async #prove(connection: MessageConnection): Promise<void> {
    const { identity, key, facts, sequence } = this.#world;
    const { agentId, installationId } = identity;
    const hello = managerMethods['link.hello'].result.parse(await connection.sendRequest('link.hello', { linkVersion, agentId }));
    if (hello.installationId !== installationId) {
      throw new Error(
        'This is another Mainstay than the one that this agent joined; for it, start an agent with a MAINSTAY_HOME of its own.',
      );
    }
    const signature = key.sign(provePayload(installationId, agentId, hello.nonce));
    const proof = await connection.sendRequest('link.prove', { signature, facts: await facts() });
    sequence.above(managerMethods['link.prove'].result.parse(proof).seenSequence);
  }
}
