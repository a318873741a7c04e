// Agents over HTTP.

import { may } from '@mainstay/core/access';
import { acceptEngine, joinAgent, syncAgent } from '../app/agents.ts';
import { configureAgent } from '../app/configure-agent.ts';
import { issue, lifetimesMs } from '../app/credentials.ts';
import { hostDiskSeries } from '../app/disk-series.ts';
import { askTimeoutMs, checkPort, removeStray } from '../app/host-questions.ts';
import { removeAgent } from '../app/remove-agent.ts';
import { emptyTrash, removeArchive, restoreTrashed, showTrash } from '../app/trash.ts';
import { getAgent, showAgents } from '../app/views.ts';
import type { World } from '../world.ts';
import type { Handlers } from './bind.ts';

type Names =
  | 'listAgents'
  | 'joinAgent'
  | 'createJoinToken'
  | 'getAgent'
  | 'configureAgent'
  | 'removeAgent'
  | 'removeStray'
  | 'getAgentDisk'
  | 'checkPort'
  | 'syncAgent'
  | 'acceptEngine'
  | 'getTrash'
  | 'restoreTrashed'
  | 'emptyTrash'
  | 'removeArchive'
  | 'listImages';

export function agentHandlers(world: World): Handlers<Names> {
  return {
    listAgents: async (_, { caller }) => {
      const agents = await showAgents(world);
      return { items: agents.filter(({ id }) => may(caller.access, 'see', { kind: 'host', agentId: id })) };
    },
    joinAgent: async ({ body }, { request }) => {
      const good = world.attempts.begin('secret', request.ip);
      const joined = await joinAgent(world, body);
      good();
      return joined;
    },
    createJoinToken: async (_, { caller }) => {
      const now = world.clock.now();
      const { secret, expiresAt } = await issue(
        world.store,
        { kind: 'join', name: caller.name, madeBy: caller.bearer?.account?.id ?? null },
        now,
      );
      return { token: secret, expiresAt: expiresAt ?? now + lifetimesMs.join };
    },
    getAgent: async ({ params }) => getAgent(world, params.agentId),
    configureAgent: async ({ params, body }, { caller }) => configureAgent(world, caller.name, params.agentId, body),
    removeAgent: async ({ params, query }, { caller }) => {
      await removeAgent(world, caller.name, params.agentId, query.force ? (query.confirmName ?? '') : null);
      return undefined;
    },
    removeStray: async ({ params }) => {
      await removeStray(world, params.agentId, params.containerId);
      return undefined;
    },
    getAgentDisk: async ({ params, query }) => hostDiskSeries(world, params.agentId, query.span),
    checkPort: async ({ params, query }) => checkPort(world, params.agentId, query),
    syncAgent: async ({ params }) => syncAgent(world, params.agentId),
    acceptEngine: async ({ params }, { caller }) => acceptEngine(world, caller.name, params.agentId),
    getTrash: async ({ params }) => showTrash(world, params.agentId),
    restoreTrashed: async ({ params, body }, { asker }) => restoreTrashed(world, asker, params.agentId, params.trashId, body),
    emptyTrash: async ({ params, query }, { caller }) => {
      await emptyTrash(world, caller.name, params.agentId, params.trashId, query.confirmName);
      return undefined;
    },
    removeArchive: async ({ params, query }, { caller }) => {
      await removeArchive(world, caller.name, params.agentId, params.archiveId, query.confirmName);
      return undefined;
    },
    listImages: async ({ params }) => {
      await getAgent(world, params.agentId);
      return world.fleet.ask(params.agentId, 'host.images', {}, { timeoutMs: askTimeoutMs });
    },
  };
}
