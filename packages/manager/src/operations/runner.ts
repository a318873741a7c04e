// Carries one operation out, step by step, from wherever it stands. A step that was interrupted is done again: every
// effect is idempotent.

import { Fault, type FaultCode, passes } from '@mainstay/core/fault';
import type { OperationId, ServerId } from '@mainstay/core/id';
import { sameEngine } from '@mainstay/core/same-engine';
import type { Effect, Observation } from '@mainstay/wire/link';
import { sourceOf } from '../app/copy-order.ts';
import type { ServerRow } from '../sql/schema.ts';
import type { World } from '../world.ts';
import { advance, advanceRecord, advanceStopped } from './advance.ts';
import { cancel, fail, finish } from './ending.ts';
import { begin, engineOf, progressWriter, read, type Standing, wait } from './lease.ts';
import { type PlanStep, planOf } from './plan.ts';

/** What a waiting operation says that it waits for. */
const waited: { readonly 'host-away': string } & Partial<Record<FaultCode, string>> = {
  'host-away': 'the host to be heard again',
  'shutting-down': 'the host’s agent to come back',
  'engine-unreachable': 'the host’s Docker engine to answer',
};

/** Between tries of a step that the world refused for now. */
const retryMs = { first: 500, most: 15_000 } as const;

/** The signals that end a step early. */
export interface Interrupts {
  /** The manager is stopping: leave the operation as it stands. */
  readonly stopping: AbortSignal;
  /** Aborted when the row is to be read again: it was cancelled or superseded. */
  readonly look: () => AbortSignal;
}

/** Drives the operation until it has ended, the lease is lost, or the manager stops. */
export async function drive(world: World, id: OperationId, interrupts: Interrupts): Promise<void> {
  let tries = 0;
  while (!interrupts.stopping.aborted) {
    const look = interrupts.look();
    const interrupt = AbortSignal.any([interrupts.stopping, look]);
    const standing = await read(world, id);
    if (!standing) return;
    const { row, planning } = standing;
    if (row.cancel_requested === 1 && row.phase === 'forward') {
      await cancel(world, standing);
      continue;
    }
    const step = await nextOf(world, standing);
    if (step === 'failed') continue;
    if (step === null) return finish(world, standing);
    const asking = await askingOf(world, standing, step);
    if (asking === null) {
      await advanceRecord(world, standing);
      continue;
    }
    const { server } = asking;
    if (!world.fleet.online(server.agent_id)) {
      await wait(world, row, asking.own ? waited['host-away'] : awayOf(server));
      await world.fleet.whenOnline(server.agent_id, interrupt);
      continue;
    }
    if (asking.otherEngine) {
      await wait(world, row, 'the host’s own engine: another one answers there now');
      await world.clock.pause(retryMs.most, interrupt);
      continue;
    }
    if (!(await begin(world, row, step))) continue;
    try {
      if (asking.effect.action === 'ensure-copied' && planning.input.copy) await sourceOf(world.store.db, planning.input.copy);
      const result = await world.fleet.ask(
        server.agent_id,
        'server.apply',
        { serverId: server.id, containerId: server.container_id, effect: asking.effect, engineId: asking.engineId },
        // A manager that stops leaves what is under way to the host: the next one asks again and finds it done, or going on.
        { signal: look, leave: interrupts.stopping, onProgress: progressWriter(world, row) },
      );
      refuseUnseen(server.id, result.observation, asking.engineId);
      await (asking.own ? advance(world, standing, asking.effect, result) : advanceStopped(world, standing, server.id, result));
      tries = 0;
    } catch (error) {
      const fault =
        error instanceof Fault ? error : new Fault('internal', 'A step broke on our side; the manager’s log says how.', { cause: error });
      if (interrupt.aborted) continue;
      world.log.info(
        { operation: id, kind: row.kind, step: step.action, fault: fault.code, detail: fault.detail, cause: fault.cause },
        'step did not succeed',
      );
      if (passes(fault.code) || row.kind === 'purge') {
        // A host that is here and says that one is away means the one that it copies from.
        const other = fault.code === 'host-away' && standing.source && world.fleet.online(server.agent_id) ? awayOf(standing.source) : null;
        await wait(world, row, other ?? waited[fault.code] ?? `another try: ${fault.detail}`);
        tries += 1;
        await world.clock.pause(Math.min(retryMs.most, retryMs.first * 2 ** (tries - 1)), interrupt);
      } else {
        await fail(world, standing, fault);
      }
    }
  }
}

const awayOf = ({ name }: Pick<ServerRow, 'name'>): string => `the host of “${name}” to be heard again`;

/** What a step asks, and about which server. */
interface Asking {
  readonly effect: Effect;
  readonly server: ServerRow;
  /** Whether it is the operation's own server, and not the one that it copies from. */
  readonly own: boolean;
  readonly otherEngine: boolean;
  readonly engineId: string | null;
}

/** null: it asks nobody. */
async function askingOf(world: World, { server, source, otherEngine, engineId }: Standing, step: PlanStep): Promise<Asking | null> {
  if (step.action === 'release-source') return null;
  if (step.action !== 'stop-source') return { effect: step, server, own: true, otherEngine, engineId };
  if (step.effect === null || source === null) return null;
  return { effect: step.effect, server: source, own: false, ...(await engineOf(world.store.db, source.agent_id)) };
}

/** The step that it stands at; null: there is none any more; `failed`: what it needs, such as a secret, could not be had. */
async function nextOf(world: World, standing: Standing): Promise<PlanStep | null | 'failed'> {
  const { row, planning } = standing;
  try {
    return planOf(row.kind, row.phase, planning)[row.step_index] ?? null;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    await fail(world, standing, error);
    return 'failed';
  }
}

/**
 * A step whose answer could not see the server is no success: what it did is not known to hold. It is done again.
 * @throws Fault `engine-unreachable`
 */
function refuseUnseen(serverId: ServerId, { engineId, why, servers }: Observation, expected: string | null): void {
  const sighting = servers.find((seen) => seen.serverId === serverId)?.sighting;
  if (engineId !== null && (expected === null || sameEngine(expected, engineId)) && sighting && sighting.kind !== 'unknown') return;
  const reason = sighting?.kind === 'unknown' ? sighting.why : (why ?? 'another engine answered');
  throw new Fault('engine-unreachable', `What the step did could not be seen: ${reason}.`);
}
