// What people ask of servers: guard, record, then leave the effect to the operation. Every request is decided inside
// the transaction that records it, so that of two that race one wins and the other is told why.

import { outdated } from '@mainstay/core/drift';
import { Fault } from '@mainstay/core/fault';
import type { AgentId, ServerId } from '@mainstay/core/id';
import { type Action, type OperationAction, operations, permission, type State, states } from '@mainstay/core/lifecycle';
import { allocatePorts, portKey, type WantedPort } from '@mainstay/core/ports';
import type { Port, ServerSpec } from '@mainstay/core/server';
import type { Operation } from '@mainstay/wire/operations';
import type { ConfigureServer, CreateServer, Server, ServerQuery } from '@mainstay/wire/servers';
import { sql } from 'kysely';
import { newId } from '../random.ts';
import { showOperation, specColumns, specOf } from '../sql/rows.ts';
import type { AgentRow, ServerRow } from '../sql/schema.ts';
import type { Reader, Writer } from '../sql/store.ts';
import type { World } from '../world.ts';
import { type Change, change } from './journal.ts';
import { type Asker, endOperation, type OperationInput, openOperation, openOperationOf, refuseWhileBusy, repeated } from './operations.ts';
import { transition } from './transition.ts';
import { getServer, showServers } from './views.ts';

/** A page of servers by name, and how many are in each state. */
export async function listServers(
  world: World,
  query: ServerQuery,
): Promise<{ items: Server[]; nextCursor: string | null; counts: Partial<Record<State, number>> }> {
  const { agentId, q } = query;
  const pattern = q === undefined ? undefined : `%${q.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
  const matching = world.store.db
    .selectFrom('servers')
    .$if(agentId !== undefined, (find) => find.where('agent_id', '=', agentId as AgentId))
    .$if(pattern !== undefined, (find) =>
      find.where(sql<boolean>`(name like ${pattern} escape '\\' or image like ${pattern} escape '\\')`),
    );
  const counted = await matching
    .select(['state', (e) => e.fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute();
  const rows = await matching
    .selectAll()
    .$if(query.state !== undefined, (find) => find.where('state', '=', query.state as State))
    .$if(!query.includeDeleted && query.state !== 'deleted', (find) => find.where('state', '!=', 'deleted'))
    .$if(query.cursor !== undefined, (find) => find.where('name', '>', fromCursor(query.cursor ?? '')))
    .orderBy('name')
    .limit(query.limit + 1)
    .execute();
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: await showServers(world, page),
    nextCursor: rows.length > query.limit && last ? Buffer.from(last.name).toString('base64url') : null,
    counts: Object.fromEntries(
      states.flatMap((state) => counted.filter((row) => row.state === state).map((row) => [state, Number(row.count)])),
    ),
  };
}

function fromCursor(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString();
}

/** Records a server with its name and ports, and opens its creation. */
export async function createServer(world: World, asker: Asker, wanted: CreateServer): Promise<Operation> {
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
    await holdPorts(under.writer, agent, server, wantedPorts);
    await under.append({ server, cause: { by: 'person', who: asker.name }, happening: { kind: 'server-recorded', state: 'creating' } });
    return openOperation(under, server, 'create', { ...noInput, from: 'creating', run: start }, asker);
  });
  world.bus.publish({ topic: 'operations' });
  return showOperation(operation);
}

/** What an action may bring along. */
export interface ActionInput {
  readonly allowEmptyData?: boolean;
  readonly removeData?: boolean;
  /** purge: the name as the person typed it. */
  readonly confirmName?: string;
}

const noInput: Omit<OperationInput, 'from'> = { run: false, allowEmptyData: false, removeData: false };

/** Opens the operation of an action, if the lifecycle allows it. */
export async function act(world: World, asker: Asker, id: ServerId, action: OperationAction, input: ActionInput = {}): Promise<Operation> {
  const before = await repeated(world.store.db, asker);
  if (before) return showOperation(before);
  if (action === 'start') await refuseLostWorld(world, id, input.allowEmptyData ?? false);
  const operation = await change(world, async (under) => {
    const again = await repeated(under.writer, asker);
    if (again) return again;
    const server = await permitted(under.writer, id, action);
    if (action === 'purge' && input.confirmName !== server.name) {
      throw new Fault('invalid-request', `To purge this server, confirmName must be its name, “${server.name}”.`, {
        extra: { errors: [{ path: '/confirmName', message: `Type the server’s name: ${server.name}` }] },
      });
    }
    if (server.state === 'creating') await supersede(under, server, asker);
    else await refuseWhileBusy(under.writer, server);
    const row = operations[action];
    if (row.intent === 'running' || row.intent === 'stopped') {
      await under.writer.updateTable('servers').set({ intent: row.intent, updated_at: under.at }).where('id', '=', id).execute();
    }
    const opened = await openOperation(
      under,
      server,
      action,
      {
        from: server.state,
        run: server.state === 'running',
        allowEmptyData: input.allowEmptyData ?? false,
        removeData: input.removeData ?? false,
      },
      asker,
    );
    if (row.during !== 'from') {
      const cause = { by: 'operation', who: asker.name, operation: action } as const;
      await transition(under, server, row.during, { code: 'operation', operation: action }, cause, opened.id);
    }
    return opened;
  });
  world.bus.publish({ topic: 'operations' });
  return showOperation(operation);
}

/** A delete while a server is being created ends the creation; there is nothing else that could be waited for. */
async function supersede(under: Change, server: ServerRow, asker: Asker): Promise<void> {
  const open = await openOperationOf(under.writer, server);
  if (!open) return;
  if (open.kind !== 'create') return refuseWhileBusy(under.writer, server);
  await endOperation(under, open, 'cancelled', `deleted by ${asker.name} while it was being created`);
}

/** Changes the record. The container follows with the next rebuild; until then `outdated` names what differs. */
export async function configureServer(world: World, asker: Asker, id: ServerId, wanted: ConfigureServer): Promise<Server> {
  await change(world, async (under) => {
    const { writer } = under;
    const server = await permitted(writer, id, 'configure');
    await refuseWhileBusy(writer, server);
    if (wanted.revision !== undefined && wanted.revision !== server.revision) {
      throw new Fault(
        'stale-revision',
        `“${server.name}” was changed meanwhile: it is at revision ${server.revision}, you began from ${wanted.revision}. Look at it again.`,
      );
    }
    const ports = await writer.selectFrom('port_allocations').selectAll().where('server_id', '=', id).execute();
    const current = specOf(server, ports);
    const { revision: _revision, ports: wantedPorts, ...fields } = wanted;
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<ServerSpec>;
    const next = { ...current, ...given };
    if (next.name !== server.name) await refuseTakenName(writer, next.name);
    const changed = outdated(
      { ...next, ports: wantedPorts === undefined ? current.ports : await replacePorts(writer, server, wantedPorts, current.ports) },
      current,
    );
    if (changed.length === 0) return;
    await writer
      .updateTable('servers')
      .set({ ...specColumns(next), revision: server.revision + 1, updated_at: under.at })
      .where('id', '=', id)
      .execute();
    await under.append({
      server: { ...server, name: next.name },
      cause: { by: 'person', who: asker.name },
      happening: { kind: 'server-configured', fields: changed },
    });
  });
  return getServer(world, id);
}

/**
 * The server, if `action` is allowed on it as it stands.
 * @throws Fault `not-found`, `not-allowed-in-state` with the table's own reason
 */
async function permitted(reader: Reader, id: ServerId, action: Action): Promise<ServerRow> {
  const server = await reader.selectFrom('servers').selectAll().where('id', '=', id).executeTakeFirst();
  if (!server) throw new Fault('not-found', 'There is no server with this id.');
  const answer = permission(server.state, action);
  if (answer !== 'yes') throw new Fault('not-allowed-in-state', answer.no, { extra: { state: server.state, action } });
  return server;
}

/** How long a start waits to be told about the data before it leaves the question to its own first step. */
const guardTimeoutMs = 5_000;

/** The world guard, asked before a start is even recorded, so that the person hears of it at once. */
async function refuseLostWorld(world: World, id: ServerId, allowEmptyData: boolean): Promise<void> {
  const server = await permitted(world.store.db, id, 'start');
  if (server.applied_json === null) return;
  if (!world.fleet.online(server.agent_id)) {
    if (server.data_exists === 'no' && !allowEmptyData) throw lostWorld(server, null);
    return;
  }
  try {
    const { servers } = await world.fleet.ask(
      server.agent_id,
      'server.checkdata',
      { serverIds: [id], size: false },
      { timeoutMs: guardTimeoutMs },
    );
    const refusal = servers.find((checked) => checked.serverId === id)?.refusal;
    if (refusal && !(refusal.code === 'data-missing' && allowEmptyData)) throw lostWorld(server, refusal);
  } catch (error) {
    if (error instanceof Fault && (error.code === 'data-missing' || error.code === 'data-foreign')) throw error;
    world.log.info({ server: id, error }, 'the data could not be looked at before the start; its first step will');
  }
}

function lostWorld(server: ServerRow, refusal: { code: 'data-missing' | 'data-foreign'; detail: string } | null): Fault {
  const detail = refusal?.detail ?? `The data of “${server.name}” was gone when its host was last heard.`;
  const advice = refusal?.code === 'data-foreign' ? '' : ' Bring it back, or start with allowEmptyData to begin an empty world.';
  return new Fault(refusal?.code ?? 'data-missing', detail + advice, { extra: { serverId: server.id } });
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

async function refuseTakenName(reader: Reader, name: string): Promise<void> {
  const holder = await reader.selectFrom('servers').select('state').where('name', '=', name).executeTakeFirst();
  if (!holder) return;
  const kept = holder.state === 'deleted' ? ' It is deleted but kept: restore it, or purge it to free the name.' : '';
  throw new Fault('name-taken', `The name “${name}” belongs to another server.${kept}`, {
    extra: { errors: [{ path: '/name', message: `“${name}” is taken.${kept}` }] },
  });
}

/** Allocates and records the ports of a server. */
async function holdPorts(
  writer: Writer,
  agent: Pick<AgentRow, 'id' | 'port_from' | 'port_to'>,
  server: Pick<ServerRow, 'id'>,
  wanted: readonly WantedPort[],
): Promise<Port[]> {
  const held = await writer
    .selectFrom('port_allocations')
    .innerJoin('servers', 'servers.id', 'port_allocations.server_id')
    .select(['port_allocations.host_port', 'port_allocations.protocol', 'servers.name'])
    .where('port_allocations.agent_id', '=', agent.id)
    .execute();
  const taken = new Map(held.map((row) => [portKey({ hostPort: row.host_port, protocol: row.protocol }), row.name]));
  const ports = allocatePorts(wanted, taken, { from: agent.port_from, to: agent.port_to });
  if (ports.length > 0) {
    await writer
      .insertInto('port_allocations')
      .values(
        ports.map((port, position) => ({
          agent_id: agent.id,
          protocol: port.protocol,
          host_port: port.hostPort,
          server_id: server.id,
          container_port: port.containerPort,
          name: port.name,
          position,
        })),
      )
      .execute();
  }
  return ports;
}

/** A port that keeps its container port and protocol and names no host port keeps the host port it has. */
async function replacePorts(writer: Writer, server: ServerRow, wanted: readonly WantedPort[], current: readonly Port[]): Promise<Port[]> {
  const agent = await writer.selectFrom('agents').selectAll().where('id', '=', server.agent_id).executeTakeFirstOrThrow();
  await writer.deleteFrom('port_allocations').where('server_id', '=', server.id).execute();
  const kept = wanted.map((port) => ({
    ...port,
    hostPort:
      port.hostPort ?? current.find((known) => known.containerPort === port.containerPort && known.protocol === port.protocol)?.hostPort,
  }));
  return holdPorts(writer, agent, server, kept);
}
