// Looking: the machine as it is becomes an observation, numbered before it begins. A look that fails is an observation
// too: of nothing, with its reason.

import { bodyAmong, labels, serverOf, straysAmong } from '@mainstay/core/bodies';
import { Fault } from '@mainstay/core/fault';
import type { InstallationId, ServerId } from '@mainstay/core/id';
import type { Known } from '@mainstay/core/known';
import type { Observation, ObservedServer } from '@mainstay/wire/link';
import { type Container, sightingOf } from './container.ts';
import type { Crashes } from './crashes.ts';
import type { Ends, Knobs } from './knobs.ts';
import type { Machine } from './machine.ts';
import type { Readiness } from './readiness.ts';
import type { Clock } from './world.ts';

export interface LookingWorld {
  readonly installationId: InstallationId;
  readonly machine: Machine;
  readonly known: Known;
  readonly crashes: Crashes;
  readonly readiness: Readiness;
  readonly knobs: Knobs;
  readonly clock: Clock;
  /** The next number. */
  readonly sequence: () => number;
  /** Whether something is being done to the server: its second container is then a rebuild's. */
  readonly busy: (serverId: ServerId) => boolean;
}

/**
 * Takes one look, data included.
 * @param scope the servers to look at; `all` is a full look, which tells of strays too
 */
export async function look(world: LookingWorld, scope: 'all' | readonly ServerId[], ends: Ends): Promise<Observation> {
  const taken = { sequence: world.sequence(), takenAt: world.clock.now() };
  try {
    return { ...taken, ...(await world.knobs.call('look', ends, () => see(world, scope))) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ...taken, engineId: null, why: error.detail, servers: [], strays: null };
  }
}

/** @throws Fault `engine-unreachable` */
function see(world: LookingWorld, scope: 'all' | readonly ServerId[]): Omit<Observation, 'sequence' | 'takenAt'> {
  const { machine, known, installationId } = world;
  const engine = machine.reach();
  const byServer = Map.groupBy(engine.list({ [labels.installation]: installationId }), serverOf);
  // Before a manager has told which servers there are, what is seen is known.
  if (!known.told) for (const serverId of byServer.keys()) if (serverId !== null) known.meet(serverId, null);
  const servers = (scope === 'all' ? known.servers() : scope).map((serverId) => observe(world, serverId, byServer.get(serverId) ?? []));
  return { engineId: engine.id, why: null, servers, strays: scope === 'all' ? straysAmong(byServer, known, world.busy) : null };
}

function observe(
  { machine, known, crashes, readiness }: LookingWorld,
  serverId: ServerId,
  containers: readonly Container[],
): ObservedServer {
  const body = bodyAmong(containers, known.recorded(serverId));
  const sighting = body === null ? ({ kind: 'absent' } as const) : sightingOf(body);
  const ended = sighting.kind === 'not-running' ? sighting.exit : null;
  const readyAt = body === null || sighting.kind !== 'running' ? undefined : readiness.of(serverId, body);
  return {
    serverId,
    sighting,
    ...(readyAt === undefined ? {} : { readyAt }),
    data: machine.data.look(serverId).data,
    // The end that the sighting itself tells of is no hidden one.
    crashes: crashes.of(serverId).filter(({ at, code }) => at !== ended?.at || code !== ended.code),
    restarts: body?.restarts ?? null,
  };
}
