// A server is recorded: its name and ports are its own from that moment, and its creation is an operation like any other.

import { Fault } from '@mainstay/core/fault';
import type { AgentId, ServerId } from '@mainstay/core/id';
import type { Operation } from '@mainstay/wire/operations';
import type { CreateServer } from '@mainstay/wire/servers';
import { newId } from '../random.ts';
import { showOperation, specColumns } from '../sql/rows.ts';
import type { AgentRow } from '../sql/schema.ts';
import type { Reader } from '../sql/store.ts';
import type { World } from '../world.ts';
import { refuseTakenName } from './guards.ts';
import { holdPorts, portsHeld } from './hold-ports.ts';
import { change } from './journal.ts';
import { type Asker, noInput, openOperation, repeated } from './operations.ts';

/** Records a server with its name and ports, and opens its creation. */
export async function createServer(world: World, asker: Asker, wanted: CreateServer): Promise<Operation> {
  const host = await chooseAgent(world.store.db, wanted.agentId).catch(() => null);
  const avoided = host === null ? [] : await portsHeld(world, host.id, wanted.ports);
  const operation = await change(world, async (under) => {
    const before = await repeated(under.writer, asker);
    if (before) return before;
    const agent = await chooseAgent(under.writer, wanted.agentId);
    await refuseTakenName(under.writer, wanted.name);
    const { agentId: _agentId, start, ports: wantedPorts, ...spec } = wanted;
    const id = newId<ServerId>();
    const server = await under.writer
      .insertInto('servers')
      .values({
        id,
        agent_id: agent.id,
        ...specColumns(spec),
        state: 'creating',
        intent: start ? 'running' : 'stopped',
        state_since: under.at,
        seen_sequence: 0,
        data_exists: 'unknown',
        created_at: under.at,
        updated_at: under.at,
        revision: 1,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await holdPorts(under.writer, agent, server, wantedPorts, avoided);
    await under.append({ server, cause: { by: 'person', who: asker.name }, happening: { kind: 'server-recorded', state: 'creating' } });
    return openOperation(under, server, 'create', { ...noInput, from: 'creating', intentBefore: server.intent, run: start }, asker);
  });
  world.bus.publish({ topic: 'operations' });
  return showOperation(operation);
}

async function chooseAgent(reader: Reader, wanted: AgentId | undefined): Promise<AgentRow> {
  const agents = await reader
    .selectFrom('agents')
    .selectAll()
    .$if(wanted !== undefined, (find) => find.where('id', '=', wanted as AgentId))
    .limit(2)
    .execute();
  const [agent, another] = agents;
  if (agent && !another) return agent;
  if (agent)
    throw new Fault('no-host', 'There are several hosts; say which one by agentId.', {
      extra: { errors: [{ path: '/agentId', message: 'Choose a host.' }] },
    });
  throw wanted === undefined
    ? new Fault('no-host', 'No host has joined yet. Start an agent first: npx mainstay join-token create, then npx mainstay agent.')
    : new Fault('invalid-request', 'There is no agent with this id.', {
        extra: { errors: [{ path: '/agentId', message: 'There is no agent with this id.' }] },
      });
}
