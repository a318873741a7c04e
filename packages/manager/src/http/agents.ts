// Agents over HTTP.

import { acceptEngine, joinAgent, removeAgent, syncAgent } from '../app/agents.ts';
import { issue, lifetimesMs } from '../app/credentials.ts';
import { getAgent, showAgents } from '../app/views.ts';
import type { World } from '../world.ts';
import type { Handlers } from './bind.ts';

/** How long a question to a host may take before the asker is told that it does not answer. */
const askTimeoutMs = 10_000;

export function agentHandlers(
  world: World,
): Handlers<'listAgents' | 'joinAgent' | 'createJoinToken' | 'getAgent' | 'removeAgent' | 'syncAgent' | 'acceptEngine' | 'listImages'> {
  return {
    listAgents: async () => ({ items: await showAgents(world) }),
    joinAgent: async ({ body }) => joinAgent(world, body),
    createJoinToken: async (_, { caller }) => {
      const now = world.clock.now();
      const { secret, expiresAt } = await issue(world.store, 'join', caller.name, now);
      return { token: secret, expiresAt: expiresAt ?? now + lifetimesMs.join };
    },
    getAgent: async ({ params }) => getAgent(world, params.agentId),
    removeAgent: async ({ params }, { caller }) => {
      await removeAgent(world, caller.name, params.agentId);
      return undefined;
    },
    syncAgent: async ({ params }) => syncAgent(world, params.agentId),
    acceptEngine: async ({ params }, { caller }) => acceptEngine(world, caller.name, params.agentId),
    listImages: async ({ params }) => {
      await getAgent(world, params.agentId);
      return world.fleet.ask(params.agentId, 'host.images', {}, { timeoutMs: askTimeoutMs });
    },
  };
}
