// Taking an observation: what a host saw becomes what the record says. Each server is settled by the pure core; here
// its inputs are gathered and its verdicts written, all of one observation in one transaction.

import { withCrashes } from '@mainstay/core/crash-loop';
import type { AgentId } from '@mainstay/core/id';
import type { State } from '@mainstay/core/lifecycle';
import { sameEngine, tells } from '@mainstay/core/same-engine';
import { type Observed, settle, type Verdict } from '@mainstay/core/settle';
import type { Cause } from '@mainstay/wire/events';
import type { DataLook, Observation, ObservedServer } from '@mainstay/wire/link';
import { sightingOf } from '../sql/rows.ts';
import type { AgentRow, ServerRow } from '../sql/schema.ts';
import type { World } from '../world.ts';
import { type Change, change } from './journal.ts';
import { itself, noInput, openOperation } from './operations.ts';
import { transition } from './transition.ts';

/**
 * What is taken of an observation besides its sightings. Crashes are told until they are acknowledged, so they are taken
 * only where they are: not from answers, which the agent tells once more.
 */
export interface Taking {
  readonly crashes: boolean;
}

/** How an observation relates to the engine that the agent's servers live on. */
type EngineState = 'ok' | 'unreachable' | 'other';

/**
 * Takes one observation of one agent.
 * @returns how many servers changed their state
 */
export async function takeObservation(world: World, agentId: AgentId, observation: Observation, of: Taking): Promise<number> {
  const changed = await world.settling.run(() => change(world, (under) => take(under, agentId, observation, of)));
  if (changed.straysSeen) world.bus.publish({ topic: 'shown', agents: [agentId] });
  if (changed.strays > 0) world.bus.publish({ topic: 'operations' });
  return changed.moved;
}

interface Taken {
  /** How many servers changed their state. */
  readonly moved: number;
  /** How many containers of deleted servers are to be removed. */
  readonly strays: number;
  /** Whether the host has other stray containers than before. */
  readonly straysSeen: boolean;
}

const nothingTaken: Taken = { moved: 0, strays: 0, straysSeen: false };

/** The same within a change that is under way: the answer to a step carries an observation of its own. */
export async function take(under: Change, agentId: AgentId, observation: Observation, of: Taking): Promise<Taken> {
  const agent = await under.writer.selectFrom('agents').selectAll().where('id', '=', agentId).executeTakeFirst();
  if (!agent) return nothingTaken;
  const engine = await noteEngine(under, agent, observation);
  if (engine !== 'ok') return nothingTaken;
  const straysSeen = observation.strays !== null && JSON.stringify(observation.strays) !== agent.strays_json;
  if (straysSeen) {
    await under.writer
      .updateTable('agents')
      .set({ strays_json: JSON.stringify(observation.strays) })
      .where('id', '=', agentId)
      .execute();
  }
  const ids = observation.servers.map((seen) => seen.serverId);
  if (ids.length === 0) return { ...nothingTaken, straysSeen };
  // An agent is believed about its own servers only.
  const rows = await under.writer.selectFrom('servers').selectAll().where('agent_id', '=', agentId).where('id', 'in', ids).execute();
  const open = await under.writer
    .selectFrom('operations')
    .select(['server_id', 'source_id', 'source_rests'])
    .where('ended_at', 'is', null)
    .where((where) => where.or([where('server_id', 'in', ids), where('source_id', 'in', ids)]))
    .execute();
  // So is one whose data is copied while it rests: it is settled when it is given back.
  const busy = new Set(
    open.flatMap(({ server_id, source_id, source_rests }) => [server_id, ...(source_id && source_rests ? [source_id] : [])]),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const total = { moved: 0, strays: 0, straysSeen };
  for (const seen of observation.servers) {
    const row = byId.get(seen.serverId);
    if (!row) continue;
    const outcome = await takeServer(under, row, busy.has(row.id), observation, of.crashes ? seen : { ...seen, crashes: [] });
    if (outcome === 'moved') total.moved += 1;
    if (outcome === 'stray') total.strays += 1;
  }
  return total;
}

async function noteEngine({ writer, at, append }: Change, agent: AgentRow, observation: Observation): Promise<EngineState> {
  const { engineId } = observation;
  const own = agent.engine_id;
  const state: EngineState = engineId === null ? 'unreachable' : own === null || sameEngine(own, engineId) ? 'ok' : 'other';
  if (observation.sequence <= agent.seen_sequence && state !== 'ok') return state;
  const moved = state !== agent.engine_state;
  const detail =
    state === 'unreachable'
      ? observation.why
      : state === 'other'
        ? `Engine ${engineId} answers, not ${own} on which its servers were made.`
        : null;
  const learnt = state === 'ok' && engineId !== null && (own === null || tells(engineId, own)) ? engineId : null;
  if (moved || learnt !== null || observation.sequence > agent.seen_sequence) {
    await writer
      .updateTable('agents')
      .set({
        seen_sequence: Math.max(observation.sequence, agent.seen_sequence),
        ...(state === 'ok' ? { engine_other_id: null, ...(learnt === null ? {} : { engine_id: learnt }) } : {}),
        ...(state === 'other' ? { engine_other_id: engineId } : {}),
        ...(moved ? { engine_state: state, engine_since: at, engine_detail: detail } : {}),
      })
      .where('id', '=', agent.id)
      .execute();
  }
  if (learnt !== null && own !== null) {
    await writer.updateTable('servers').set({ engine_id: learnt }).where('agent_id', '=', agent.id).where('engine_id', '=', own).execute();
  }
  if (moved && !(state === 'ok' && agent.engine_state === null)) {
    await append({
      agentId: agent.id,
      cause: { by: 'observation', sequence: observation.sequence },
      happening: { kind: 'agent-engine', state, detail },
    });
  }
  return state;
}

async function takeServer(
  under: Change,
  row: ServerRow,
  busy: boolean,
  observation: Observation,
  seen: ObservedServer,
): Promise<'moved' | 'stray' | 'kept'> {
  const { writer } = under;
  const cause = { by: 'observation', sequence: observation.sequence } as const;
  const observed: Observed = { sequence: observation.sequence, engineId: observation.engineId, sighting: seen.sighting };
  const verdict = settle({ state: row.state, busy, engineId: row.engine_id, seenSequence: row.seen_sequence }, observed);
  if (verdict.kind === 'keep' && verdict.because !== 'agrees' && verdict.because !== 'operation') return 'kept';

  const readyAt = seen.sighting.kind !== 'running' ? null : seen.readyAt === undefined ? row.ready_at : seen.readyAt;
  // Kept even while an operation is open: when it ends, the newest sighting has the last word.
  await writer
    .updateTable('servers')
    .set({
      seen_json: JSON.stringify(seen.sighting),
      seen_sequence: observation.sequence,
      seen_at: observation.takenAt,
      ready_at: readyAt,
    })
    .where('id', '=', row.id)
    .execute();
  if (readyAt !== null && row.ready_at === null) await under.append({ server: row, cause, happening: { kind: 'server-ready' } });
  await takeData(under, row, observation, seen);
  for (const exit of seen.crashes) {
    await under.append({ server: row, cause, happening: { kind: 'server-crashed', exit, restarts: seen.restarts } });
  }
  if (seen.crashes.length > 0) await noteCrashes(under, row, seen.crashes.length);
  if (verdict.kind !== 'remove-stray' && !busy) await adopt(under, row, observation, seen);
  return carryOut(under, row, verdict, cause);
}

/** By the manager's own clock, and not the host's: that is the one by which a page tells how long ago it was. */
async function noteCrashes({ writer, at }: Change, row: ServerRow, times: number): Promise<void> {
  const crashes = withCrashes(JSON.parse(row.crashes_json), Array(times).fill(at));
  await writer
    .updateTable('servers')
    .set({ crashes_json: JSON.stringify(crashes) })
    .where('id', '=', row.id)
    .execute();
}

/** What was seen of a server while nothing was made of it, is made of it now. @returns its state */
export async function settleAgain(under: Change, row: ServerRow): Promise<State> {
  const standing = { state: row.state, busy: false, engineId: row.engine_id, seenSequence: row.seen_sequence - 1 };
  const verdict = settle(standing, { sequence: row.seen_sequence, engineId: row.engine_id, sighting: sightingOf(row) });
  await carryOut(under, row, verdict, { by: 'observation', sequence: row.seen_sequence });
  return verdict.kind === 'move' ? verdict.to : row.state;
}

async function carryOut(under: Change, row: ServerRow, verdict: Verdict, cause: Cause): Promise<'moved' | 'stray' | 'kept'> {
  const { writer } = under;
  if (verdict.kind === 'move') {
    await transition(under, row, verdict.to, verdict.reason, cause);
    return 'moved';
  }
  if (verdict.kind === 'remove-stray') {
    await under.append({ server: row, cause, happening: { kind: 'stray-found', containerId: verdict.containerId } });
    await writer.updateTable('servers').set({ container_id: verdict.containerId }).where('id', '=', row.id).execute();
    await openOperation(under, row, 'delete', { ...noInput, from: row.state, intentBefore: row.intent }, itself('mainstay'));
    return 'stray';
  }
  return 'kept';
}

/** The recorded container is gone and another one with the server's label is there: that one is recorded from now on. */
async function adopt({ writer }: Change, row: ServerRow, observation: Observation, { sighting }: ObservedServer): Promise<void> {
  if (sighting.kind !== 'running' && sighting.kind !== 'not-running') return;
  if (row.container_id === sighting.containerId) return;
  await writer
    .updateTable('servers')
    .set({ container_id: sighting.containerId, engine_id: observation.engineId })
    .where('id', '=', row.id)
    .execute();
}

async function takeData(under: Change, row: ServerRow, observation: Observation, { data }: ObservedServer): Promise<void> {
  if (data !== null) await noteData(under, row, data, { by: 'observation', sequence: observation.sequence });
}

/** Notes what was found of a server's data, and tells when it is not what was known. */
export async function noteData({ writer, append }: Change, row: ServerRow, data: DataLook, cause: Cause): Promise<void> {
  // A server that never had a container never had a world: nothing is gone.
  if (row.applied_json === null) return;
  await writer.updateTable('servers').set({ data_exists: data.exists, data_seen_at: data.at }).where('id', '=', row.id).execute();
  if (row.data_exists !== data.exists) {
    await append({ server: row, cause, happening: { kind: 'server-data', from: row.data_exists, to: data.exists } });
  }
}
