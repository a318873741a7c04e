// What hosts keep of servers that were purged: shown, brought back, and removed for good.

import type { Access } from '@mainstay/core/access';
import { Fault } from '@mainstay/core/fault';
import type { AgentId, ServerId } from '@mainstay/core/id';
import { plainConduct } from '@mainstay/core/server';
import type { ContainerSpec } from '@mainstay/wire/link';
import type { Operation } from '@mainstay/wire/operations';
import { serverOfKept, type Trash } from '@mainstay/wire/trash';
import { recordColumns, showOperation } from '../sql/rows.ts';
import type { AgentRow, ServerRow } from '../sql/schema.ts';
import type { Writer } from '../sql/store.ts';
import type { World } from '../world.ts';
import { refuseTakenName } from './guards.ts';
import { holdPorts, portsHeld } from './hold-ports.ts';
import { type Change, change } from './journal.ts';
import { type Asker, noInput, openOperation, refuseWhileBusy, repeated } from './operations.ts';
import { renewEnv } from './secret-env.ts';
import { getAgent } from './views.ts';

const askTimeoutMs = 15_000;
/** Removing a world of a million files takes the disk a while. */
const removeTimeoutMs = 10 * 60_000;
const dayMs = 24 * 60 * 60 * 1000;

/** @throws Fault `not-found`, `host-away` */
export async function showTrash(world: World, agentId: AgentId): Promise<Trash> {
  await getAgent(world, agentId);
  const { days, items, archives } = await world.fleet.ask(agentId, 'host.trash', {}, { timeoutMs: askTimeoutMs });
  return {
    days,
    archives,
    items: items.map((item) => ({ ...item, emptiedAt: days === null ? null : item.movedAt + days * dayMs })),
  };
}

/**
 * Brings a purged server back: its record is made again from what was kept beside its data, as that of a deleted server, and the
 * restore that is opened moves the data into its place first. Its id is its own again, and so is its history.
 * @param wanted.name what it is to be called; undefined: as it was
 */
export async function restoreTrashed(
  world: World,
  asker: Asker,
  agentId: AgentId,
  trashId: string,
  wanted: { readonly name?: string | undefined },
): Promise<Operation> {
  await getAgent(world, agentId);
  const { record } = await world.fleet.ask(agentId, 'host.trashed', { trashId }, { timeoutMs: askTimeoutMs });
  const spec = record?.spec ?? null;
  const id = serverOfKept(trashId);
  const avoided = spec === null ? [] : await portsHeld(world, agentId, spec.ports.map(openPort));
  const operation = await change(world, async (under) => {
    const before = await repeated(under.writer, asker);
    if (before) return before;
    await refuseForeign(under.writer, agentId, id);
    const opened = (server: ServerRow) =>
      openOperation(under, server, 'restore', { ...noInput, from: 'deleted', intentBefore: 'stopped', trashId }, asker);
    const there = await under.writer.selectFrom('servers').selectAll().where('id', '=', id).executeTakeFirst();
    if (there) return opened(await takenOver(under, asker.access, there, wanted.name));
    if (spec === null) {
      throw new Fault(
        'not-found',
        'It is not in the trash any more, or no record that can be read lies beside it. What is there can be copied by hand: docs/operating.md says how.',
      );
    }
    const name = wanted.name ?? spec.name;
    // What a host keeps was sealed with the key of its time.
    const env = renewEnv(world.vault, id, sealedAgain(spec));
    await refuseTakenName(under.writer, name);
    const agent = await under.writer.selectFrom('agents').selectAll().where('id', '=', agentId).executeTakeFirstOrThrow();
    const server = await under.writer
      .insertInto('servers')
      .values({
        id,
        agent_id: agentId,
        ...recordColumns({ ...spec, name, env, ...(record?.conduct ?? plainConduct) }),
        state: 'deleted',
        intent: 'stopped',
        state_since: under.at,
        deleted_at: under.at,
        // One that never had a container is made like a new one: its program may not have been installed yet.
        applied_json: record?.made?.applied === false ? null : JSON.stringify({ ...spec, env, sealedEnv: undefined }),
        template_json: record?.made?.template ? JSON.stringify(record.made.template) : null,
        engine_id: agent.engine_id,
        seen_sequence: 0,
        data_exists: 'unknown',
        created_at: record?.made?.createdAt ?? under.at,
        updated_at: under.at,
        revision: 1,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await holdPorts(under.writer, asker.access, agent, server, await freeOnes(under.writer, agent, spec), avoided);
    await under.append({ server, cause: { by: 'person', who: asker.name }, happening: { kind: 'server-recorded', state: 'deleted' } });
    return opened(server);
  });
  world.bus.publish({ topic: 'operations' });
  return showOperation(operation);
}

/**
 * What a host says that it keeps decides nothing about others' servers: a record made of it would be that host's, and so would be the
 * history under its id.
 * @throws Fault `data-foreign`
 */
async function refuseForeign(writer: Writer, agentId: AgentId, id: ServerId): Promise<void> {
  const elsewhere = await writer
    .selectFrom('events')
    .select('id')
    .where('server_id', '=', id)
    .where('agent_id', '!=', agentId)
    .limit(1)
    .executeTakeFirst();
  if (!elsewhere) return;
  throw new Fault(
    'data-foreign',
    'The server that this is said to be of belongs to another host, so it is not brought back here. What is there can be copied by hand: docs/operating.md says how.',
  );
}

/**
 * The record that a restore which failed or was cancelled has left: it is gone on with.
 * @throws Fault `server-there` when its server stands otherwise
 */
async function takenOver(under: Change, access: Access, server: ServerRow, name = server.name): Promise<ServerRow> {
  if (server.state !== 'deleted') {
    throw new Fault('server-there', `Its server “${server.name}” is still there. Delete that one first, or start it as it is.`);
  }
  await refuseWhileBusy(under.writer, access, server, 'restore');
  await refuseTakenName(under.writer, name, server.id);
  return under.writer
    .updateTable('servers')
    .set({ name, updated_at: under.at, revision: server.revision + 1 })
    .where('id', '=', server.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Removes something from a host's trash for good. @param typed the name that was typed to confirm it */
export async function emptyTrash(world: World, who: string, agentId: AgentId, trashId: string, typed: string): Promise<void> {
  const { items } = await showTrash(world, agentId);
  const item = items.find(({ id }) => id === trashId);
  if (!item) throw new Fault('not-found', 'It is not in the trash of this host any more.');
  refuseUnconfirmed(item.name ?? item.serverId, typed);
  await world.fleet.ask(agentId, 'host.emptytrash', { trashId }, { timeoutMs: removeTimeoutMs });
  await tellEmptied(world, who, agentId, item.name);
}

/** The same of an archive. */
export async function removeArchive(world: World, who: string, agentId: AgentId, archiveId: string, typed: string): Promise<void> {
  const { archives } = await showTrash(world, agentId);
  const archive = archives.find(({ id }) => id === archiveId);
  if (!archive) throw new Fault('not-found', 'This host has no such archive any more.');
  refuseUnconfirmed(archive.name ?? archive.serverId, typed);
  await world.fleet.ask(agentId, 'host.removearchive', { archiveId }, { timeoutMs: removeTimeoutMs });
  await tellEmptied(world, who, agentId, archive.name);
}

function refuseUnconfirmed(name: string, typed: string): void {
  if (typed === name) return;
  throw new Fault('invalid-request', `To remove this for good, confirmName must be “${name}”.`, {
    extra: { errors: [{ path: '/confirmName', message: `Type ${name}` }] },
  });
}

async function tellEmptied(world: World, who: string, agentId: AgentId, name: string | null): Promise<void> {
  await change(world, ({ append }) => append({ agentId, cause: { by: 'person', who }, happening: { kind: 'trash-emptied', name } }));
}

/** Its variables as a record has them: a secret is sealed for this very server, so it opens again. */
function sealedAgain({ env, sealedEnv }: ContainerSpec) {
  return { ...env, ...Object.fromEntries(Object.entries(sealedEnv).map(([name, sealed]) => [name, { sealed }])) };
}

const openPort = ({ hostPort: _, ...port }: ContainerSpec['ports'][number]) => port;

/** Its ports, each as it was where nobody has it meanwhile. */
async function freeOnes(writer: Writer, agent: AgentRow, { ports }: ContainerSpec) {
  const held = await writer.selectFrom('port_allocations').select(['protocol', 'host_port']).where('agent_id', '=', agent.id).execute();
  return ports.map((port) =>
    held.some((row) => row.protocol === port.protocol && row.host_port === port.hostPort) ? openPort(port) : port,
  );
}
