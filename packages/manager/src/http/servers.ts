// Servers over HTTP.

import { may } from '@mainstay/core/access';
import type { ConsoleMessage } from '@mainstay/wire/servers';
import { act } from '../app/act.ts';
import { cloneServer } from '../app/clone-server.ts';
import { configureServer } from '../app/configure-server.ts';
import { createServer } from '../app/create-server.ts';
import { serverDiskSeries } from '../app/disk-series.ts';
import { history, operationsOf } from '../app/history.ts';
import { listServers } from '../app/list-servers.ts';
import { serverAsTemplate } from '../app/server-as-template.ts';
import { usageSeries } from '../app/usage.ts';
import { getServer } from '../app/views.ts';
import type { World } from '../world.ts';
import type { Handlers } from './bind.ts';
import { followConsole } from './console.ts';
import { endWithAccess } from './standing.ts';
import { openStream } from './stream.ts';

/** How long a question to a host may take before the asker is told that it does not answer. */
const askTimeoutMs = 10_000;

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
  | 'cloneServer'
  | 'restoreServer'
  | 'purgeServer'
  | 'listServerEvents'
  | 'listServerOperations'
  | 'getServerLogs'
  | 'followConsole'
  | 'sendConsole'
  | 'getServerDisk'
  | 'getServerTemplate'
  | 'getServerUsage';

export function serverHandlers(world: World, stopping: AbortSignal): Handlers<Names> {
  return {
    listServers: async ({ query }, { caller }) => listServers(world, caller.access, query),
    createServer: async ({ body }, { asker }) => createServer(world, asker, body),
    getServer: async ({ params }, { sight }) => (await sight()).server(await getServer(world, params.serverId)),
    configureServer: async ({ params, body }, { asker, sight }) => {
      const configured = await configureServer(world, asker, params.serverId, body);
      return (await sight()).server(configured);
    },
    deleteServer: async ({ params }, { asker }) => act(world, asker, params.serverId, 'delete'),
    startServer: async ({ params, body }, { asker }) => act(world, asker, params.serverId, 'start', body),
    stopServer: async ({ params }, { asker }) => act(world, asker, params.serverId, 'stop'),
    restartServer: async ({ params }, { asker }) => act(world, asker, params.serverId, 'restart'),
    rebuildServer: async ({ params, body }, { asker }) => act(world, asker, params.serverId, 'rebuild', body),
    cloneServer: async ({ params, body }, { asker }) => cloneServer(world, asker, params.serverId, body),
    restoreServer: async ({ params }, { asker }) => act(world, asker, params.serverId, 'restore'),
    purgeServer: async ({ params, body }, { asker }) => act(world, asker, params.serverId, 'purge', body),
    listServerEvents: async ({ params, query }, { sight }) => {
      const [page, seen] = await Promise.all([history(world, params.serverId, query), sight()]);
      return { ...page, items: page.items.map((event) => seen.event(event)) };
    },
    listServerOperations: async ({ params, query }, { sight }) => {
      const [page, seen] = await Promise.all([operationsOf(world, params.serverId, query), sight()]);
      return { ...page, items: page.items.map((operation) => seen.operation(operation)) };
    },
    getServerDisk: async ({ params, query }) => serverDiskSeries(world, params.serverId, query.span),
    getServerTemplate: async ({ params }) => serverAsTemplate(world, params.serverId),
    getServerUsage: async ({ params, query }) => usageSeries(world, params.serverId, query.span),
    followConsole: async ({ params, query }, { caller, request, reply }) => {
      const { serverId } = params;
      const { agentId, containerId } = await getServer(world, serverId);
      const stream = openStream<ConsoleMessage>(request, reply, stopping, (message) => `data: ${JSON.stringify(message)}\n\n`);
      endWithAccess(world, caller, stream, (access) => may(access, 'see', { kind: 'server', serverId, agentId }));
      await followConsole(world, { agentId, serverId, containerId, tail: query.tail }, stream);
    },
    sendConsole: async ({ params, body }) => {
      const { agentId, containerId, console } = await getServer(world, params.serverId);
      return world.fleet.ask(
        agentId,
        'server.input',
        { serverId: params.serverId, containerId, line: body.line, console },
        { timeoutMs: askTimeoutMs },
      );
    },
    getServerLogs: async ({ params, query }) => {
      const server = await getServer(world, params.serverId);
      return world.fleet.ask(
        server.agentId,
        'server.logs',
        { serverId: params.serverId, containerId: server.containerId, tail: query.tail },
        { timeoutMs: askTimeoutMs },
      );
    },
  };
}
