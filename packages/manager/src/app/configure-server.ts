// Changing a server's record. Its container follows with the next rebuild.

import type { Access } from '@mainstay/core/access';
import { changedFields } from '@mainstay/core/drift';
import { Fault } from '@mainstay/core/fault';
import type { AgentId, ServerId } from '@mainstay/core/id';
import { portKey, type WantedPort } from '@mainstay/core/ports';
import { fieldFaults, type Port, type ServerRecord, type ServerSpec } from '@mainstay/core/server';
import type { ConfigureServer, Server } from '@mainstay/wire/servers';
import { recordColumns, recordOf } from '../sql/rows.ts';
import type { ServerRow } from '../sql/schema.ts';
import type { Writer } from '../sql/store.ts';
import type { World } from '../world.ts';
import { permitted, refuseBadReady, refuseTakenName } from './guards.ts';
import { holdPorts, portsHeld, recordPorts } from './hold-ports.ts';
import { change } from './journal.ts';
import { type Asker, refuseWhileBusy } from './operations.ts';
import { judgeQuota } from './quota.ts';
import { sealEnv } from './secret-env.ts';
import { getServer } from './views.ts';

const askTimeoutMs = 5_000;

/** Changes the record. The container follows with the next rebuild; until then `outdated` names what differs. */
export async function configureServer(world: World, asker: Asker, id: ServerId, wanted: ConfigureServer): Promise<Server> {
  refuseBadReady(wanted.ready);
  const { agent_id } = await permitted(world.store.db, id, 'configure');
  const avoided = await portsHeld(world, agent_id, wanted.ports ?? []);
  const changed = await change(world, async (under) => {
    const { writer } = under;
    const server = await permitted(writer, id, 'configure');
    await refuseWhileBusy(writer, asker.access, server, 'configure');
    if (wanted.revision !== undefined && wanted.revision !== server.revision) {
      throw new Fault(
        'stale-revision',
        `“${server.name}” was changed meanwhile: it is at revision ${server.revision}, you began from ${wanted.revision}. Look at it again.`,
      );
    }
    const current = recordOf(server, await writer.selectFrom('port_allocations').selectAll().where('server_id', '=', id).execute());
    const { revision: _revision, ports: wantedPorts, env, ...fields } = wanted;
    const record = {
      ...current,
      ...given(fields),
      env: env === undefined ? current.env : sealEnv(world.vault, id, env, current.env),
      limits: { ...current.limits, ...given(fields.limits ?? {}) },
      stop: { ...current.stop, ...given(fields.stop ?? {}) },
    };
    if (record.name !== server.name) await refuseTakenName(writer, record.name, id);
    refuseFaults({ ...record, ports: wantedPorts ?? current.ports });
    const applied: ServerSpec | null = server.applied_json === null ? null : JSON.parse(server.applied_json);
    const replaced =
      wantedPorts === undefined
        ? current.ports
        : await replacePorts(writer, asker.access, server, wantedPorts, current.ports, applied?.ports ?? [], avoided);
    const next = { ...record, ports: replaced };
    const changed = changedFields(next, current);
    if (changed.length === 0) return changed;
    const written = await writer
      .updateTable('servers')
      .set({
        ...recordColumns(next),
        container_name: applied !== null && applied.name !== next.name ? applied.name : null,
        revision: server.revision + 1,
        updated_at: under.at,
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    const cause = { by: 'person', who: asker.name } as const;
    await under.append({ server: written, cause, happening: { kind: 'server-configured', fields: changed } });
    if (changed.includes('quota')) await judgeQuota(under, written, cause);
    return changed;
  });
  if (changed.includes('ready')) await listenAnew(world, agent_id, id);
  return getServer(world, id);
}

/** The host listens for the new line at once; one that is away is told when it is back. */
async function listenAnew(world: World, agentId: AgentId, id: ServerId): Promise<void> {
  const { ready } = await getServer(world, id);
  await world.fleet
    .ask(agentId, 'server.awaitready', { serverId: id, ready }, { timeoutMs: askTimeoutMs })
    .catch((error: unknown) => world.log.info({ server: id, error }, 'the host was not told what to listen for'));
}

/** The rules between fields hold of the whole record, whichever part of it was changed. @throws Fault `invalid-request` */
function refuseFaults(record: Omit<ServerRecord, 'ports'> & { readonly ports: readonly WantedPort[] }): void {
  const errors = fieldFaults({ ...record, tmpfs: record.sandbox.tmpfs }).map(({ path, message }) => ({
    path: `/${path.join('/')}`,
    message,
  }));
  const [first] = errors;
  if (first) throw new Fault('invalid-request', `body${first.path}: ${first.message}`, { extra: { errors } });
}

/** What was given, without what was left out. */
function given<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

/**
 * A port that keeps its container port and protocol and names no host port keeps the host port it has. What the container
 * still has (`applied`) and the record no longer is held on to, until a rebuild has let go of it.
 */
async function replacePorts(
  writer: Writer,
  access: Access,
  server: ServerRow,
  wanted: readonly WantedPort[],
  current: readonly Port[],
  applied: readonly Port[],
  avoided: readonly string[],
): Promise<Port[]> {
  const agent = await writer.selectFrom('agents').selectAll().where('id', '=', server.agent_id).executeTakeFirstOrThrow();
  await writer.deleteFrom('port_allocations').where('server_id', '=', server.id).execute();
  const kept = wanted.map((port) => ({
    ...port,
    hostPort:
      port.hostPort ?? current.find((known) => known.containerPort === port.containerPort && known.protocol === port.protocol)?.hostPort,
  }));
  const ports = await holdPorts(writer, access, agent, server, kept, avoided);
  const held = new Set(ports.map(portKey));
  await recordPorts(
    writer,
    server,
    applied.filter((port) => !held.has(portKey(port))),
    { leaving: true },
  );
  return ports;
}
