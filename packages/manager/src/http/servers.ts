// Servers over HTTP.

import { act } from '../app/act.ts';
import { configureServer } from '../app/configure-server.ts';
import { createServer } from '../app/create-server.ts';
import { history, operationsOf } from '../app/history.ts';
import { listServers } from '../app/list-servers.ts';
import { getServer } from '../app/views.ts';
import type { World } from '../world.ts';
import type { Handlers } from './bind.ts';

const logsTimeoutMs = 10_000;

type Names =
  | 'listServers'
  | 'createServer'
  | 'getServer'
  | 'configureServer'
  | 'deleteServer'
  | 'startServer'
  | 'stopServer'
  | 'restartServer'
  | 'rebuildServer'
  | 'restoreServer'
  | 'purgeServer'
  | 'listServerEvents'
  | 'listServerOperations'
  | 'getServerLogs';

export function serverHandlers(world: World): Handlers<Names> {
  return {
    listServers: async ({ query }) => listServers(world, query),
    createServer: async ({ body }, { asker }) => createServer(world, asker, body),
    getServer: async ({ params }) => getServer(world, params.serverId),
    configureServer: async ({ params, body }, { asker }) => configureServer(world, asker, params.serverId, body),
    deleteServer: async ({ params }, { asker }) => act(world, asker, params.serverId, 'delete'),
    startServer: async ({ params, body }, { asker }) => act(world, asker, params.serverId, 'start', body),
    stopServer: async ({ params }, { asker }) => act(world, asker, params.serverId, 'stop'),
    restartServer: async ({ params }, { asker }) => act(world, asker, params.serverId, 'restart'),
    rebuildServer: async ({ params }, { asker }) => act(world, asker, params.serverId, 'rebuild'),
    restoreServer: async ({ params }, { asker }) => act(world, asker, params.serverId, 'restore'),
    purgeServer: async ({ params, body }, { asker }) => act(world, asker, params.serverId, 'purge', body),
    listServerEvents: async ({ params, query }) => history(world, params.serverId, query),
    listServerOperations: async ({ params, query }) => operationsOf(world, params.serverId, query),
    getServerLogs: async ({ params, query }) => {
      const server = await getServer(world, params.serverId);
      return world.fleet.ask(
        server.agentId,
        'server.logs',
        { serverId: params.serverId, containerId: server.containerId, tail: query.tail },
        { timeoutMs: logsTimeoutMs },
      );
    },
  };
}
