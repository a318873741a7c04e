// What the manager can ask of a simulated host: each method with its answer. A new one does not compile without.

import { bodyAmong, labels, serverOf } from '@mainstay/core/bodies';
import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';
import type { AgentMethod, ParamsOf, ResultOf } from '@mainstay/wire/link';
import type { Progress } from '@mainstay/wire/operations';
import type { LogLine } from '@mainstay/wire/servers';
import { type Container, runs } from './container.ts';
import { lend } from './copying.ts';
import { apply, type EffectsWorld } from './effects.ts';
import type { Ends } from './knobs.ts';
import { look } from './look.ts';
import { sendLine } from './send-line.ts';
import { retire } from './steps.ts';

export interface Asked extends Ends {
  /** Tells of the progress, in the method's own shape. */
  readonly report: (progress: Progress | LogLine[]) => void;
}

export type Handlers = { readonly [M in AgentMethod]: (params: ParamsOf<M>, asked: Asked) => ResultOf<M> | Promise<ResultOf<M>> };

export interface MethodsWorld extends EffectsWorld {
  /** The manager has told which servers there are. */
  readonly met: (serverIds: readonly ServerId[]) => void;
}

export function createHandlers(world: MethodsWorld): Handlers {
  const { machine, known, readiness, turns, installationId } = world;

  /** By its labels: an id that comes over the wire opens no other container. */
  const bodyOf = (serverId: ServerId, containerId: string | null): Container => {
    const containers = machine.reach().list({ [labels.installation]: installationId, [labels.server]: serverId });
    const body = bodyAmong(containers, containerId ?? known.recorded(serverId));
    if (body === null) throw new Fault('container-gone', 'The container is gone, and its log with it.');
    return body;
  };

  return {
    'server.apply': (params, { report, ...ends }) => apply(world, params, report, ends),

    'host.look': ({ servers }, ends) => {
      known.replace(servers, turns.busy);
      for (const { serverId, ready } of servers) readiness.want(serverId, ready);
      world.met(servers.map(({ serverId }) => serverId));
      return look({ ...world, busy: turns.busy }, 'all', ends);
    },

    'server.awaitready': ({ serverId, ready }) => {
      readiness.want(serverId, ready);
      return {};
    },

    'server.checkdata': ({ serverIds }) => ({
      servers: serverIds.map((serverId) => ({ serverId, ...machine.data.look(serverId) })),
    }),

    'server.lend': ({ serverId, question }) => lend(world, serverId, question),

    'host.measure': ({ serverIds }) => ({
      servers: serverIds.flatMap((serverId) => {
        const volumes = machine.data.volumeBytes(serverId);
        return volumes === null ? [] : [{ serverId, volumes }];
      }),
      trashBytes: machine.data.trash.bytes.trash,
      archiveBytes: machine.data.trash.bytes.archives,
      disk: machine.disk,
    }),

    'server.logs': ({ serverId, containerId, tail }) => ({ lines: bodyOf(serverId, containerId).log.tail(tail) }),

    'server.follow': async ({ serverId, containerId, tail }, { report, signal, lost }) => {
      const body = bodyOf(serverId, containerId);
      const before = body.log.tail(tail);
      if (before.length > 0) report(before);
      if (runs(body)) await body.log.follow(report, AbortSignal.any([signal, lost]));
      return { detail: runs(body) ? 'The log is not followed any more.' : 'The server does not run now.' };
    },

    'server.input': ({ serverId, containerId, line, console }) => ({
      answer: sendLine(machine.reach(), bodyOf(serverId, containerId), line, console, false),
    }),

    'host.heldports': () => ({ ports: machine.reach().heldPorts() }),

    'host.checkport': (port) => ({ holder: machine.reach().holder(port, null) }),

    'host.removestray': async ({ containerId }, { signal }) => {
      const stray = machine
        .reach()
        .list({ [labels.installation]: installationId })
        .find(({ id }) => id === containerId);
      if (!stray) return {};
      const serverId = serverOf(stray);
      if (serverId !== null && known.has(serverId) && bodyOf(serverId, known.recorded(serverId)) === stray) {
        throw new Fault('refused-by-host', 'It is a server’s own container. Delete the server instead.');
      }
      await retire({ machine, clock: world.clock, signal, report: () => undefined }, stray);
      return {};
    },

    'host.trash': () => machine.data.trash.list(),
    'host.trashed': ({ trashId }) => ({ record: machine.data.trash.record(trashId) }),
    'host.emptytrash': ({ trashId }) => {
      machine.data.trash.empty(trashId);
      return {};
    },
    'host.removearchive': ({ archiveId }) => {
      machine.data.trash.removeArchive(archiveId);
      return {};
    },
    'host.settings': ({ trashDays }) => {
      machine.data.trash.days = trashDays;
      return {};
    },

    'host.images': () => ({ items: [...machine.reach().images].map(([reference, bytes]) => ({ reference, bytes })) }),
  };
}
