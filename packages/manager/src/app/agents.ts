// Agents: joining, being removed, and what is noted of them as they come, go and look.

import { createPublicKey, verify } from 'node:crypto';
import { Fault } from '@mainstay/core/fault';
import type { AgentId, InstallationId } from '@mainstay/core/id';
import { defaultPortRange } from '@mainstay/core/server';
import { type Agent, type HostFacts, joinPayload } from '@mainstay/wire/agents';
import { newId } from '../random.ts';
import type { World } from '../world.ts';
import { useUp } from './credentials.ts';
import { measureDisk } from './disk.ts';
import { change } from './journal.ts';
import { takeObservation } from './observations.ts';
import { getAgent } from './views.ts';

/** Whether `signature` over `text` was made by the private half of `publicKey`; a key of another form made none. */
export function signedBy(publicKey: string, text: string, signature: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64url'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' && verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'));
  } catch {
    return false;
  }
}

/** An agent joins: the token dies, the key is registered. A name that is taken gets a number. */
export async function joinAgent(
  world: World,
  request: { joinToken: string; name: string; publicKey: string; signature: string },
): Promise<{ agentId: AgentId; installationId: InstallationId; name: string }> {
  if (!signedBy(request.publicKey, joinPayload(request.joinToken, request.name), request.signature)) {
    throw new Fault('unauthenticated', 'The join request was not signed by the key that it brings.');
  }
  return change(world, async ({ writer, at, append }) => {
    // An agent that died before it could keep our answer asks again; the signature shows that it is the same one.
    const known = await writer.selectFrom('agents').select(['id', 'name']).where('public_key', '=', request.publicKey).executeTakeFirst();
    if (known) return { agentId: known.id, installationId: world.installationId, name: known.name };
    await useUp(writer, 'join', request.joinToken, at);
    const names = new Set((await writer.selectFrom('agents').select('name').execute()).map((row) => row.name));
    const name =
      [request.name, ...Array.from(names, (_, at) => `${request.name}-${at + 2}`)].find((candidate) => !names.has(candidate)) ??
      request.name;
    const agentId = newId<AgentId>();
    await writer
      .insertInto('agents')
      .values({
        id: agentId,
        name,
        public_key: request.publicKey,
        created_at: at,
        online_changed_at: at,
        strays_json: '[]',
        port_from: defaultPortRange.from,
        port_to: defaultPortRange.to,
        seen_sequence: 0,
      })
      .execute();
    await append({ agentId, cause: { by: 'link' }, happening: { kind: 'agent-joined' } });
    return { agentId, installationId: world.installationId, name };
  });
}

/**
 * An agent has proven itself: note it.
 * @returns the newest number of its observations that is known; null when it was removed meanwhile
 */
export async function agentArrived(world: World, id: AgentId, facts: HostFacts): Promise<number | null> {
  return change(world, async ({ writer, at, append }) => {
    const agent = await writer
      .updateTable('agents')
      .set({ online_changed_at: at, last_heard_at: at, facts_json: JSON.stringify(facts), connected: 1 })
      .where('id', '=', id)
      .returning('seen_sequence')
      .executeTakeFirst();
    if (!agent) return null;
    await append({ agentId: id, cause: { by: 'link' }, happening: { kind: 'agent-online' } });
    return agent.seen_sequence;
  });
}

/** An agent's connection is lost. Its servers stay as they are: nothing is known of them now. */
export async function agentLeft(world: World, id: AgentId, lastHeardAt: number): Promise<void> {
  await change(world, async ({ writer, at, append }) => {
    const result = await writer
      .updateTable('agents')
      .set({ online_changed_at: at, last_heard_at: lastHeardAt, connected: 0 })
      .where('id', '=', id)
      .executeTakeFirst();
    if (Number(result.numUpdatedRows) === 1) await append({ agentId: id, cause: { by: 'link' }, happening: { kind: 'agent-away' } });
  });
}

/** How long a full look may take before it counts as not answered. */
const lookTimeoutMs = 30_000;

/**
 * Looks at all of a host's servers now, containers and data, and settles what is seen.
 * @throws Fault `host-away`, `engine-unreachable`
 */
export async function syncAgent(world: World, id: AgentId): Promise<{ takenAt: number; servers: number; changed: number }> {
  await getAgent(world, id);
  const rows = await world.store.db
    .selectFrom('servers')
    .select(['id', 'container_id', 'ready_json', 'ready_at'])
    .where('agent_id', '=', id)
    .execute();
  const observation = await world.fleet.ask(
    id,
    'host.look',
    {
      servers: rows.map((row) => ({
        serverId: row.id,
        containerId: row.container_id,
        ready: JSON.parse(row.ready_json),
        readyAt: row.ready_at,
      })),
    },
    { timeoutMs: lookTimeoutMs },
  );
  const changed = await takeObservation(world, id, observation, { crashes: false });
  // Beside it: counting files takes its time, and nobody waits for a size.
  measureDisk(world, id).catch((error: unknown) => world.log.info({ agent: id, error }, 'the disk was not measured'));
  if (observation.engineId === null)
    throw new Fault('engine-unreachable', `The host’s Docker engine does not answer: ${observation.why ?? 'no reason given'}.`);
  return { takenAt: observation.takenAt, servers: rows.length, changed };
}

/** Believes from now on what the host's new engine shows: its servers' containers are looked for there. */
export async function acceptEngine(world: World, who: string, id: AgentId): Promise<Agent> {
  await change(world, async ({ writer, at, append }) => {
    const agent = await writer.selectFrom('agents').selectAll().where('id', '=', id).executeTakeFirst();
    if (!agent) throw new Fault('not-found', 'There is no agent with this id.');
    if (agent.engine_state !== 'other' || agent.engine_other_id === null) {
      throw new Fault('not-allowed-in-state', 'The host shows the engine that its servers were made on; there is nothing to accept.');
    }
    await writer
      .updateTable('agents')
      .set({ engine_id: agent.engine_other_id, engine_other_id: null, engine_state: 'ok', engine_since: at, engine_detail: null })
      .where('id', '=', id)
      .execute();
    await writer.updateTable('servers').set({ engine_id: agent.engine_other_id }).where('agent_id', '=', id).execute();
    await append({
      agentId: id,
      cause: { by: 'person', who },
      happening: { kind: 'agent-engine', state: 'ok', detail: `${who} accepted the new engine` },
    });
  });
  await syncAgent(world, id);
  world.bus.publish({ topic: 'operations' });
  return getAgent(world, id);
}
