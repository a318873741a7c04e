// Joining: once in an agent's life, by a one-time token, it makes its public key known to a manager and is told who
// it is. A manager that is not up yet is waited for; one that refuses the token ends the agent with its reason.

import { Fault } from '@mainstay/core/fault';
import type { InstallationId } from '@mainstay/core/id';
import { joinPayload } from '@mainstay/wire/agents';
import { createClient } from '@mainstay/wire/client';
import { contract } from '@mainstay/wire/contract';
import type { Logger } from 'pino';
import { createBackoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { Identity, Key } from './identity.ts';
import { whyUnreached } from './unreached.ts';

export interface Joining {
  readonly managerUrl: string;
  readonly joinToken: string;
  readonly name: string;
  readonly key: Key;
}

/** @throws Fault with the manager's reason when it refuses */
export async function join(joining: Joining, clock: Clock, log: Logger, signal: AbortSignal): Promise<Identity> {
  const { managerUrl, joinToken, name, key } = joining;
  const call = createClient({ baseUrl: managerUrl });
  const backoff = createBackoff(Math.random);
  const body = { joinToken, name, publicKey: key.publicKey, signature: key.sign(joinPayload(joinToken, name)) };
  let before: string | undefined;
  for (;;) {
    try {
      const joined = await call(contract.joinAgent, { body }, { signal: AbortSignal.any([signal, AbortSignal.timeout(15_000)]) });
      log.info({ agentId: joined.agentId, manager: managerUrl }, 'joined');
      return {
        managerUrl,
        agentId: joined.agentId,
        installationId: joined.installationId as InstallationId,
        rootId: null,
        boots: 0,
        hadPolicy: false,
      };
    } catch (error) {
      // A 5xx is a manager that is starting or stopping; a refusal stays one however often it is asked.
      if (signal.aborted || (error instanceof Fault && error.code !== 'internal' && error.code !== 'shutting-down')) throw error;
      const reason = whyUnreached(error);
      log[reason === before ? 'debug' : 'warn']({ manager: managerUrl, reason }, 'the manager cannot be reached; trying again');
      before = reason;
      await clock.pause(backoff.next(), signal);
    }
  }
}
