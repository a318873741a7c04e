// What the manager can ask of this agent: each method with its handler.

import { bodyAmong, isInstaller, labels, serverOf } from '@mainstay/core/bodies';
import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';
import type { AgentMethod, ParamsOf, ResultOf } from '@mainstay/wire/link';
import type { Progress } from '@mainstay/wire/operations';
import type { LogLine } from '@mainstay/wire/servers';
import { concurrently } from './concurrently.ts';
import { Lender } from './copy/lender.ts';
import { meaningOf } from './engine-states.ts';
import { maskOf } from './own-secrets.ts';
import { heldPorts, portHolder } from './ports.ts';
import { sendLine } from './send-line.ts';
import { retire } from './steps/remove.ts';
import { apply, type SteppingWorld } from './steps.ts';

/** Looks at data at a time. */
const looksAtOnce = 16;

export interface Asked {
  /** Aborted when the manager cancels the request or the agent stops. */
  readonly signal: AbortSignal;
  /** Tells of the progress, in the method's own shape. */
  readonly report: (progress: Progress | LogLine[]) => void;
}

export type Handlers = { readonly [M in AgentMethod]: (params: ParamsOf<M>, asked: Asked) => Promise<ResultOf<M>> };

export function createHandlers(world: SteppingWorld): Handlers {
  const { engine, data, known, looker, readiness } = world;
  /** By its labels: an id that comes over the wire opens no other container. */
  const bodyOf = async (serverId: ServerId, containerId: string | null) => {
    const containers = await engine.list({ [labels.installation]: world.installationId, [labels.server]: serverId });
    const body = bodyAmong(containers, containerId ?? known.recorded(serverId));
    if (body === null) throw new Fault('container-gone', 'The container is gone, and its log with it.');
    return { id: body.id, masked: await maskOf(engine, body.id, data.directory(serverId)) };
  };
  return {
    'server.apply': async (params, { report, signal }) => {
      const result = await apply(world, params, report, signal);
      world.told.doubt(result.observation);
      return result;
    },

    'host.look': async ({ servers }) => {
      known.replace(servers, world.turns.busy);
      for (const { serverId, ready, readyAt } of servers) readiness.want(serverId, ready, readyAt);
      const listened = servers.flatMap(({ serverId, ready }) => (ready === null ? [] : [serverId]));
      const observation = await looker.look('all', { data: true, exact: new Set(listened) });
      world.told.doubt(observation);
      return observation;
    },

    'server.checkdata': async ({ serverIds }, { signal }) => {
      const servers = await concurrently(serverIds, looksAtOnce, async (serverId) => {
        if (signal.aborted) throw new Fault('cancelled', 'It was cancelled.');
        return { serverId, ...(await data.look(serverId)) };
      });
      return { servers };
    },

    'server.awaitready': async ({ serverId, ready }) => {
      readiness.want(serverId, ready, null);
      await looker.look([serverId], { data: false, exact: new Set([serverId]) });
      return {};
    },

    'server.logs': async ({ serverId, containerId, tail }) => {
      const { id, masked } = await bodyOf(serverId, containerId);
      return { lines: maskedLines(await engine.logs(id, tail), masked) };
    },

    'host.heldports': async () => ({ ports: await heldPorts(engine) }),

    'server.follow': async ({ serverId, containerId, tail }, { report, signal }) => {
      const { id, masked } = await bodyOf(serverId, containerId);
      await engine.follow(id, { tail }, (lines) => report(maskedLines(lines, masked)), signal);
      const runs = meaningOf((await engine.inspect(id))?.state ?? 'removing') === 'running';
      return { detail: runs ? 'The log is not followed any more.' : 'The server does not run now.' };
    },

    'server.input': async ({ serverId, containerId, line, console }, { signal }) => {
      const { id, masked } = await bodyOf(serverId, containerId);
      const answer = await sendLine(engine, id, line, console, signal);
      return { answer: answer === null ? null : masked(answer) };
    },

    'host.checkport': async (port) => ({ holder: await portHolder(engine, port, null) }),

    'host.removestray': async ({ containerId }, { signal }) => {
      const containers = await engine.list({ [labels.installation]: world.installationId });
      const stray = containers.find((container) => container.id === containerId);
      if (!stray || isInstaller(stray)) return {};
      const serverId = serverOf(stray);
      if (serverId !== null && known.has(serverId)) {
        const body = bodyAmong(
          containers.filter((container) => serverOf(container) === serverId),
          known.recorded(serverId),
        );
        if (body === stray) throw new Fault('refused-by-host', 'It is a server’s own container. Delete the server instead.');
      }
      await retire({ engine, clock: world.clock, signal }, stray);
      return {};
    },

    'server.lend': ({ serverId, question }, { signal }) => new Lender(world, serverId).answer(question, signal),

    'host.measure': ({ serverIds }, { signal }) => world.measure(serverIds, signal),

    'host.trash': () => world.keeping.list(),
    'host.trashed': async ({ trashId }) => ({ record: await world.keeping.record(trashId) }),
    'host.emptytrash': async ({ trashId }) => {
      await world.keeping.empty(trashId);
      return {};
    },
    'host.removearchive': async ({ archiveId }) => {
      await world.keeping.removeArchive(archiveId);
      return {};
    },
    'host.settings': async ({ trashDays }) => {
      world.keeping.tell(trashDays);
      return {};
    },

    'host.images': async () => ({ items: await engine.images() }),
  };
}

function maskedLines(lines: readonly LogLine[], masked: (text: string) => string): LogLine[] {
  return lines.map((line) => ({ ...line, text: masked(line.text) }));
}
