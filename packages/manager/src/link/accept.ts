// Taking in agents' sockets. Nothing is heard of a socket before it has proven which agent it is: a hello, a nonce
// signed by that agent's key, and only then is it one of the fleet.

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Fault } from '@mainstay/core/fault';
import type { AgentId } from '@mainstay/core/id';
import {
  agentNotifications,
  anyLinkSubprotocol,
  closeCodes,
  linkPath,
  linkSubprotocol,
  linkVersion,
  managerMethods,
  provePayload,
} from '@mainstay/wire/link';
import { connect, toRpcError } from '@mainstay/wire/rpc';
import type { CancellationToken } from 'vscode-jsonrpc/node';
import { type WebSocket, WebSocketServer } from 'ws';
import type { z } from 'zod';
import { agentArrived, agentLeft, signedBy, syncAgent } from '../app/agents.ts';
import { takeObservation } from '../app/observations.ts';
import { relayCopy } from '../app/relay-copy.ts';
import { tellSettings } from '../app/settings.ts';
import { takeUsage } from '../app/usage.ts';
import { newSecret } from '../random.ts';
import type { World } from '../world.ts';
import type { Member } from './fleet.ts';
import { closeSoon, Threshold } from './threshold.ts';

/** A socket that has not proven itself by then is closed. */
const proveWithinMs = 10_000;
/** How often a connection is asked whether it is there; after two silent rounds it counts as lost. */
const pingEveryMs = 5_000;
const silentAfterMs = 15_000;
/**
 * As many may stand unproven at once: more than a thousand agents that reconnect at once need. Whoever comes then takes the place of
 * who has waited longest without a proof.
 */
const mostUnproven = 512;
/** A full look at some thousand servers is a few MB; nothing an agent says is larger. */
const largestMessage = 32 * 1024 * 1024;

/** Serves the link on the HTTP server's upgrades. @returns how to stop */
export function acceptAgents(world: World, server: Server): { close(): void } {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: largestMessage,
    handleProtocols: (offered) =>
      offered.has(linkSubprotocol) ? linkSubprotocol : ([...offered].find((each) => anyLinkSubprotocol.test(each)) ?? false),
  });
  const door: Door = { unproven: new Set(), closed: false };
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Once upgraded nobody else listens for them, and one that nobody hears ends the process.
    socket.on('error', () => socket.destroy());
    // Compared as it came: a parser throws at what a stranger may write here.
    if ((request.url ?? '').split('?')[0] !== linkPath) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
    } else if (!hasRoom(door)) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
    } else {
      sockets.handleUpgrade(request, socket, head, (accepted) => serve(world, accepted, new Threshold(accepted, socket), door));
    }
  });
  return {
    close: () => {
      door.closed = true;
      for (const socket of sockets.clients) closeSoon(socket, closeCodes['shutting-down'], 'shutting down');
      sockets.close();
    },
  };
}

/** What all sockets share. */
interface Door {
  /** Those that nobody has proven yet. */
  readonly unproven: Set<Threshold>;
  /** The manager is stopping: it is not the hosts that leave. */
  closed: boolean;
}

/** Whether one more may stand there. Strangers who say nothing must not keep agents out. */
function hasRoom({ unproven }: Door): boolean {
  if (unproven.size < mostUnproven) return true;
  const [idle] = [...unproven].filter((threshold) => !threshold.proving);
  if (idle === undefined) return false;
  unproven.delete(idle);
  idle.shut(closeCodes.unproven, 'another one came');
  return true;
}

function serve(world: World, socket: WebSocket, threshold: Threshold, door: Door): void {
  const connection = connect(threshold.heard);
  const nonce = newSecret();
  let claimed: AgentId | null = null;
  let member: Member | null = null;

  const skew = (clockAt: number) => clockAt - world.clock.now();
  const close = (code: number, why: string) => threshold.shut(code, why);
  const unproven = (fault: Fault) => {
    close(closeCodes.unproven, 'not proven');
    return toRpcError(fault);
  };
  door.unproven.add(threshold);
  const proving = setTimeout(() => close(closeCodes.unproven, 'not proven in time'), proveWithinMs);

  connection.onRequest('link.hello', async (params: unknown) => {
    const hello = parse(managerMethods['link.hello'].params, params, unproven);
    if (hello.linkVersion !== linkVersion) {
      throw toRpcError(
        new Fault(
          'invalid-request',
          `This manager speaks version ${linkVersion} of the link, the agent version ${hello.linkVersion}. Bring both to the same version of Mainstay.`,
        ),
      );
    }
    claimed = hello.agentId;
    return { installationId: world.installationId, nonce };
  });

  connection.onRequest('link.prove', async (params: unknown) => {
    const proof = parse(managerMethods['link.prove'].params, params, unproven);
    const agentId = claimed;
    if (agentId === null || member) throw unproven(new Fault('unauthenticated', 'Say hello first, and prove once.'));
    const agent = await world.store.db.selectFrom('agents').select(['public_key', 'name']).where('id', '=', agentId).executeTakeFirst();
    if (!agent) {
      close(closeCodes.revoked, 'revoked');
      throw toRpcError(new Fault('unauthenticated', 'This agent was removed here, or never joined.'));
    }
    if (!signedBy(agent.public_key, provePayload(world.installationId, agentId, nonce), proof.signature)) {
      throw unproven(new Fault('unauthenticated', 'The proof does not fit the key that this agent joined with.'));
    }
    clearTimeout(proving);
    door.unproven.delete(threshold);
    const proven: Member = {
      agentId,
      connection,
      lastHeardAt: world.clock.now(),
      clockSkewMs: skew(proof.facts.clockAt),
      facts: proof.facts,
      close,
    };
    member = proven;
    connection.onRequest('host.observed', async (said: unknown) => {
      const observation = parse(managerMethods['host.observed'].params, said);
      // A connection that was replaced speaks for nobody.
      if (world.fleet.member(agentId) !== proven)
        throw toRpcError(new Fault('unauthenticated', 'A newer connection has taken this one’s place.'));
      await takeObservation(world, agentId, observation, { crashes: true }).catch((error: unknown) => {
        world.log.error({ error, agent: agentId }, 'an observation could not be recorded');
        throw toRpcError(error);
      });
      return {};
    });
    connection.onRequest('copy.ask', async (said: unknown, token: CancellationToken): Promise<unknown> => {
      const { operationId, question } = parse(managerMethods['copy.ask'].params, said);
      const cancelled = new AbortController();
      const cancelling = token.onCancellationRequested(() => cancelled.abort());
      try {
        return await relayCopy(world, agentId, operationId, question, cancelled.signal);
      } catch (error) {
        throw toRpcError(error);
      } finally {
        cancelling.dispose();
      }
    });
    connection.onNotification('host.facts', (said: unknown) =>
      hear(said, agentNotifications['host.facts'], async (facts) => {
        proven.facts = facts;
        proven.clockSkewMs = skew(facts.clockAt);
        await world.store.db
          .updateTable('agents')
          .set({ facts_json: JSON.stringify(facts) })
          .where('id', '=', agentId)
          .execute();
        world.bus.publish({ topic: 'shown', agents: [agentId] });
      }),
    );
    connection.onNotification('host.usage', (said: unknown) =>
      hear(said, agentNotifications['host.usage'], (report) => {
        proven.clockSkewMs = skew(report.takenAt);
        return takeUsage(world, agentId, report);
      }),
    );
    const seenSequence = await agentArrived(world, agentId, proof.facts);
    // Gone while this was written, or removed: then nobody is there to be online.
    if (seenSequence === null || socket.readyState !== socket.OPEN) {
      member = null;
      close(closeCodes[seenSequence === null ? 'revoked' : 'unproven'], 'gone');
      throw toRpcError(new Fault('unauthenticated', 'This agent was removed here, or its connection went.'));
    }
    threshold.proven();
    world.fleet.add(proven)?.close(closeCodes.replaced, 'a newer connection has proven itself');
    world.log.info({ agent: agent.name }, 'host online');
    // After this answer: the agent serves requests once it knows that it is accepted.
    setImmediate(() => {
      tellSettings(world, agentId);
      return firstLook(world, proven);
    });
    return { seenSequence };
  });

  const hear = <S extends z.ZodType>(said: unknown, schema: S, act: (value: z.output<S>) => Promise<void>) => {
    const parsed = schema.safeParse(said);
    if (!parsed.success) {
      world.log.warn({ agent: claimed, problem: parsed.error.message }, 'an agent said something of another shape; it was not believed');
      return;
    }
    // A connection that was replaced speaks for nobody.
    if (!member || world.fleet.member(member.agentId) !== member) return;
    act(parsed.data).catch((error: unknown) => world.log.error({ error, agent: claimed }, 'what an agent said could not be taken in'));
  };

  const heard = () => {
    if (member) member.lastHeardAt = world.clock.now();
  };
  let pongAt = performance.now();
  socket.on('pong', () => {
    pongAt = performance.now();
    heard();
  });
  socket.on('message', () => {
    pongAt = performance.now();
    heard();
  });
  const pinging = setInterval(() => {
    if (performance.now() - pongAt > silentAfterMs) socket.terminate();
    else socket.ping();
  }, pingEveryMs);

  socket.on('close', () => {
    clearTimeout(proving);
    door.unproven.delete(threshold);
    clearInterval(pinging);
    connection.dispose();
    if (!member || !world.fleet.remove(member) || door.closed) return;
    const { agentId, lastHeardAt } = member;
    agentLeft(world, agentId, lastHeardAt).catch((error: unknown) => world.log.error({ error }, 'a host’s leaving was not noted'));
  });
  connection.onError(([error]) => world.log.warn({ agent: claimed, error: error.message }, 'link'));
  connection.listen();
}

/** Between tries of the first look at a host; until one succeeds nothing that happened while it was away is known. */
const firstLookAgainMs = 2_000;

async function firstLook(world: World, member: Member): Promise<void> {
  while (world.fleet.member(member.agentId) === member) {
    try {
      await syncAgent(world, member.agentId);
      return;
    } catch (error) {
      world.log.warn({ agent: member.agentId, error: String(error) }, 'the first look at a host did not succeed; it is tried again');
      await world.clock.pause(firstLookAgainMs, AbortSignal.timeout(firstLookAgainMs));
    }
  }
}

function parse<S extends z.ZodType>(schema: S, params: unknown, refused: (fault: Fault) => Error = toRpcError): z.output<S> {
  const parsed = schema.safeParse(params);
  if (!parsed.success) throw refused(new Fault('invalid-request', parsed.error.issues[0]?.message ?? 'not valid'));
  return parsed.data;
}
