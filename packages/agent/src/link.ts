// The link to the manager: dialled from here, proven by key, and dialled again for ever when it breaks. Only a manager
// that says `revoked` ends it.

import type { HostFacts } from '@mainstay/wire/agents';
import {
  type agentNotifications,
  closeCodes,
  linkPath,
  linkSubprotocol,
  linkVersion,
  managerMethods,
  provePayload,
} from '@mainstay/wire/link';
import { connect } from '@mainstay/wire/rpc';
import type { Logger } from 'pino';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import type { z } from 'zod';
import { createBackoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import { dial, hangUp, whenClosed } from './dial.ts';
import { messageOf } from './durable.ts';
import type { Identity, Key } from './identity.ts';
import { answerRequests } from './requests.ts';
import type { Handlers } from './serve.ts';

/** Another agent with this one's key took its place; taking turns with it more often than this helps nobody. */
const afterReplacedMs = 10_000;
/** A manager under load proves no agent at once; one that never does is not waited for. */
const proveMs = 15_000;

/** The manager does not know this agent any more. */
export class Revoked extends Error {}

export interface LinkWorld {
  readonly managerUrl: string;
  readonly identity: Identity;
  readonly key: Key;
  readonly handlers: Handlers;
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

  /** Keeps the link up until `signal` aborts. @throws Revoked */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, managerUrl } = this.#world;
    const backoff = createBackoff(Math.random);
    let before: unknown;
    while (!signal.aborted) {
      const ended = await this.#once(signal, () => backoff.reset()).catch(messageOf);
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
    const { identity, key, facts } = this.#world;
    const { agentId, installationId } = identity;
    const hello = managerMethods['link.hello'].result.parse(await connection.sendRequest('link.hello', { linkVersion, agentId }));
    if (hello.installationId !== installationId) {
      throw new Error(
        'This is another Mainstay than the one that this agent joined; for it, start an agent with a MAINSTAY_HOME of its own.',
      );
    }
    const signature = key.sign(provePayload(installationId, agentId, hello.nonce));
    await connection.sendRequest('link.prove', { signature, facts: await facts() });
  }
}
