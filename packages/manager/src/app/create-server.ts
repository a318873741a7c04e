// A server is recorded: its name and ports are its own from that moment, and its creation is an operation like any other.

import { type Access, may } from '@mainstay/core/access';
import { Fault, type FaultCode } from '@mainstay/core/fault';
import type { AgentId, ServerId } from '@mainstay/core/id';
import type { WantedPort } from '@mainstay/core/ports';
import type { Port, ServerRecord } from '@mainstay/core/server';
import type { Operation } from '@mainstay/wire/operations';
import type { CreateServer, Server } from '@mainstay/wire/servers';
import { newId } from '../random.ts';
import { recordColumns, showOperation } from '../sql/rows.ts';
import type { AgentRow, OperationRow } from '../sql/schema.ts';
import type { Reader } from '../sql/store.ts';
import type { World } from '../world.ts';
import { refuseUnless } from './access.ts';
import type { CopyOrder, CopyOrigin } from './copy-order.ts';
import { refuseBadReady, refuseTakenName } from './guards.ts';
import { allocated, holdPorts, portsHeld } from './hold-ports.ts';
import { type Change, change } from './journal.ts';
import { type Asker, noInput, openOperation, repeated } from './operations.ts';
import { sealEnv } from './secret-env.ts';

/** Records a server with its name and ports, and opens its creation. */
export function createServer(world: World, asker: Asker, wanted: CreateServer): Promise<Operation> {
  refuseBadReady(wanted.ready);
  return createWithPorts(world, asker, { ...wanted, avoided: [] }, (_, ports) => ({ ...wanted, ports: [...ports] }), null);
}

/** Of a server that is still to be described: what decides which host ports it gets. */
export interface WantedPlace extends Pick<CreateServer, 'name' | 'agentId'> {
  readonly ports: readonly WantedPort[];
  /** Ports that are not to be chosen, beside those that are held on the host. */
  readonly avoided: readonly string[];
}

/**
 * The same for one that is told its id and its host ports: they are chosen first, in the transaction that records it.
 * @param describe what it is with these
 * @param template what it is made from
 */
export async function createWithPorts(
  world: World,
  asker: Asker,
  place: WantedPlace,
  describe: (id: ServerId, ports: readonly Port[]) => CreateServer,
  template: NonNullable<Server['template']> | null,
): Promise<Operation> {
  const host = await chooseAgent(world.store.db, asker.access, place.agentId).catch(() => null);
  const avoided = [...place.avoided, ...(host === null ? [] : await portsHeld(world, host.id, place.ports))];
  const operation = await change(world, async (under) => {
    const before = await repeated(under.writer, asker);
    if (before) return before;
    const agent = await chooseAgent(under.writer, asker.access, place.agentId);
    await refuseTakenName(under.writer, place.name);
    const id = newId<ServerId>();
    const {
      agentId: _agentId,
      start,
      ports,
      ...record
    } = describe(id, await allocated(under.writer, asker.access, agent, place.ports, avoided));
    return recordServer(under, asker, agent, {
      id,
      record: { ...record, env: sealEnv(world.vault, id, record.env, {}) },
      template_json: template && JSON.stringify(template),
      start,
      ports,
      avoided,
      clonedFrom: null,
      copy: null,
    });
  });
  world.bus.publish({ topic: 'operations' });
  return showOperation(operation);
}

/** What is recorded of a new server. */
export interface NewServer {
  readonly id: ServerId;
  readonly record: Omit<ServerRecord, 'ports'>;
  readonly template_json: string | null;
  readonly start: boolean;
  readonly ports: readonly WantedPort[];
  /** Ports that are held on the host. */
  readonly avoided: readonly string[];
  /** What the server is called that it is a clone of. */
  readonly clonedFrom: string | null;
  /** Where its data comes from; null: it begins with none. */
  readonly copy: { readonly origin: CopyOrigin; readonly order: CopyOrder } | null;
}

/** Records it and opens its creation. The caller has made sure that its name is free. */
export async function recordServer(under: Change, asker: Asker, agent: AgentRow, wanted: NewServer): Promise<OperationRow> {
  const { id, record, template_json, start, copy } = wanted;
  const server = await under.writer
    .insertInto('servers')
    .values({
      id,
      agent_id: agent.id,
      ...recordColumns(record),
      template_json,
      copy_json: copy && JSON.stringify(copy.origin),
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
  await holdPorts(under.writer, asker.access, agent, server, wanted.ports, wanted.avoided);
  await under.append({
    server,
    cause: { by: 'person', who: asker.name },
    happening: { kind: 'server-recorded', state: 'creating', ...(wanted.clonedFrom === null ? {} : { clonedFrom: wanted.clonedFrom }) },
  });
  return openOperation(
    under,
    server,
    'create',
    { ...noInput, from: 'creating', intentBefore: server.intent, run: start, install: 'unless-done', copy: copy?.order ?? null },
    asker,
  );
}

/** The host that was named, or the only one on which this may be and that takes new servers. */
export async function chooseAgent(reader: Reader, access: Access, wanted: AgentId | undefined): Promise<AgentRow> {
  if (wanted !== undefined) {
    const agent = await reader.selectFrom('agents').selectAll().where('id', '=', wanted).executeTakeFirst();
    const target = { kind: 'host', agentId: wanted } as const;
    if (!agent || !may(access, 'see', target)) throw refusal('invalid-request', 'There is no agent with this id.');
    refuseUnless(access, 'create', target);
    if (agent.draining === 1) throw refusal('host-draining', `“${agent.name}” takes no new servers now. Choose another host.`);
    return agent;
  }
  const open = await reader.selectFrom('agents').selectAll().where('draining', '=', 0).execute();
  const [agent, another] = open.filter(({ id }) => may(access, 'create', { kind: 'host', agentId: id }));
  if (!agent) {
    throw new Fault('no-host', 'No host takes new servers. Start an agent first: ./mainstay join-token create, then ./mainstay agent.');
  }
  if (another) throw refusal('no-host', 'There are several hosts; say which one by agentId.');
  return agent;
}

function refusal(code: FaultCode, message: string): Fault {
  return new Fault(code, message, { extra: { errors: [{ path: '/agentId', message }] } });
}
