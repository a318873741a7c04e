// Somebody who knocks at the link like an agent, and says there whatever a test has them say.

import { once } from 'node:events';
import type { Agent } from '@mainstay/wire/agents';
import { linkPath, linkSubprotocol, linkVersion } from '@mainstay/wire/link';
import { connect } from '@mainstay/wire/rpc';
import { WebSocket } from 'ws';
import type { Installation } from './installation.ts';

export type Stranger = Awaited<ReturnType<typeof knock>>;

/** @param manager whose link it is */
export async function knock({ manager }: Pick<Installation, 'manager'>) {
  const socket = new WebSocket(manager.url.replace('http', 'ws') + linkPath, linkSubprotocol);
  socket.on('error', () => undefined);
  const closed = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'open');
  const connection = connect(socket);
  connection.onError(() => undefined);
  connection.listen();
  const prove = (signature: string, { facts }: Pick<Agent, 'facts'>) => connection.sendRequest('link.prove', { signature, facts });
  return {
    /** Resolves with the code that the socket was closed with; 1006: it was cut. */
    closed,
    connection,
    prove,
    close: () => socket.close(),
    /** Sends it as it stands. */
    send: (data: string | Buffer) => socket.send(data),
    ping: (data: Buffer) => socket.ping(data),
    /** Proves, and resolves with the code that the socket was closed with. */
    refused(signature: string, agent: Pick<Agent, 'facts'>): Promise<number> {
      // An answer may come before the close or be cut off by it; it must not be a yes.
      const proven = prove(signature, agent).then(() => 0);
      return Promise.race([closed, proven.catch(() => closed)]);
    },
    hello: (agentId: string) => connection.sendRequest<{ installationId: string; nonce: string }>('link.hello', { linkVersion, agentId }),
    /** Rejects on a closed connection, as on a refusal. */
    observe: async (value: unknown) => connection.sendRequest('host.observed', value),
  };
}

/** An observation by which every container of these servers is gone. */
export const allGone = (agent: Agent, serverIds: readonly string[]) => ({
  sequence: 2 ** 52,
  takenAt: Date.now(),
  engineId: agent.facts?.engine?.id ?? '',
  why: null,
  servers: serverIds.map((serverId) => ({ serverId, sighting: { kind: 'absent' }, data: null, crashes: [], restarts: null })),
  strays: null,
});
