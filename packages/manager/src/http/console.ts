// A server's console over HTTP: its container's log as it comes. Each time the stream opens it begins anew with the last
// lines; when the container ends it says so, and goes on with the next one as soon as that is there.

import { Fault } from '@mainstay/core/fault';
import type { AgentId, ServerId } from '@mainstay/core/id';
import type { ConsoleMessage } from '@mainstay/wire/servers';
import type { World } from '../world.ts';
import type { Stream } from './stream.ts';

/** Between looks whether there is a container again. Beside the wake by an event, which mostly comes first. */
const againMs = 5_000;

export interface ConsoleOf {
  readonly agentId: AgentId;
  readonly serverId: ServerId;
  readonly containerId: string | null;
  /** Lines of the log that it begins with. */
  readonly tail: number;
}

/** Follows a server's containers, one after the other, until the stream is closed or the server is purged. */
export async function followConsole(
  world: World,
  { agentId, serverId, containerId, tail }: ConsoleOf,
  stream: Stream<ConsoleMessage>,
): Promise<void> {
  let following = containerId;
  while (!stream.closed.aborted) {
    stream.write([{ kind: 'begin', containerId: following }]);
    const detail = await follow(world, { agentId, serverId, containerId: following, tail }, stream);
    stream.write([{ kind: 'end', detail }]);
    const next = await nextContainer(world, serverId, stream.closed);
    if (next === null) return stream.end();
    following = next;
  }
}

/** Follows one container. @returns why it ended */
async function follow(world: World, { agentId, serverId, containerId, tail }: ConsoleOf, stream: Stream<ConsoleMessage>): Promise<string> {
  try {
    const { detail } = await world.fleet.ask(
      agentId,
      'server.follow',
      { serverId, containerId, tail, progressToken: null },
      { signal: stream.closed, onProgress: (lines) => stream.write([{ kind: 'lines', lines }]) },
    );
    return detail;
  } catch (error) {
    if (error instanceof Fault) return error.detail;
    throw error;
  }
}

/**
 * Waits until there is something to follow again: not before something has happened, or a while has passed.
 * @returns its container; null when the server is gone or nobody reads any more
 */
async function nextContainer(world: World, serverId: ServerId, closed: AbortSignal): Promise<string | null> {
  let wake = new AbortController();
  const stopListening = world.bus.subscribe('events', () => wake.abort());
  try {
    for (;;) {
      await world.clock.pause(againMs, AbortSignal.any([wake.signal, closed]));
      if (closed.aborted) return null;
      if (wake.signal.aborted) wake = new AbortController();
      const server = await world.store.db
        .selectFrom('servers')
        .select(['state', 'container_id', 'agent_id'])
        .where('id', '=', serverId)
        .executeTakeFirst();
      if (!server) return null;
      if (server.state === 'running' && server.container_id !== null && world.fleet.online(server.agent_id)) return server.container_id;
    }
  } finally {
    stopListening();
  }
}
