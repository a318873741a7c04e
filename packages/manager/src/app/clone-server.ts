// A clone: another server's record under a new name, on fresh ports, on the same host or another; its data copied too where
// that is asked for, by the clone's own creation.

import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';
import { isSealed, type ServerRecord } from '@mainstay/core/server';
import type { Operation } from '@mainstay/wire/operations';
import type { CloneServer } from '@mainstay/wire/servers';
import { newId, newSecret } from '../random.ts';
import { recordOf, showOperation } from '../sql/rows.ts';
import type { ServerRow } from '../sql/schema.ts';
import type { Writer } from '../sql/store.ts';
import type { World } from '../world.ts';
import { type CopyOrigin, orderedCopy } from './copy-order.ts';
import { chooseAgent, recordServer } from './create-server.ts';
import { permitted, refuseTakenName } from './guards.ts';
import { portsHeld } from './hold-ports.ts';
import { change } from './journal.ts';
import { refuseLostSource } from './lost-world.ts';
import { type Asker, refuseWhileBusy, repeated } from './operations.ts';
import { openEnv, sealEnv } from './secret-env.ts';

/**
 * Records a clone with its name and ports, and opens its creation, which copies the data first.
 * @throws Fault whatever a creation is refused with; `data-missing`, `data-foreign` when there is nothing to copy;
 * `operation-in-progress` when the source is busy
 */
export async function cloneServer(world: World, asker: Asker, id: ServerId, wanted: CloneServer): Promise<Operation> {
  const before = await repeated(world.store.db, asker);
  if (before) return showOperation(before);
  const found = await permitted(world.store.db, id, 'clone');
  if (wanted.data === 'copy') await refuseLostSource(world, asker.name, found);
  const { ports: had } = await recordIn(world.store.db, found);
  const wantedPorts = wanted.ports ?? had.map(({ hostPort: _, ...port }) => port);
  const agentId = wanted.agentId ?? found.agent_id;
  const avoided = await portsHeld(world, agentId, wantedPorts);
  const operation = await change(world, async (under) => {
    const again = await repeated(under.writer, asker);
    if (again) return again;
    const source = await permitted(under.writer, id, 'clone');
    const agent = await chooseAgent(under.writer, asker.access, agentId);
    await refuseTakenName(under.writer, wanted.name);
    if (wanted.data === 'copy') await refuseWhileBusy(under.writer, asker.access, source, 'clone');
    const { ports: _, ...record } = await recordIn(under.writer, source);
    const cloneId = newId<ServerId>();
    const origin: CopyOrigin | null = wanted.data === 'copy' ? { from: source.id, name: source.name, source: wanted.source } : null;
    const command = record.command?.map((part) => part.replaceAll(source.id, cloneId)) ?? null;
    return recordServer(under, asker, agent, {
      id: cloneId,
      record: { ...record, name: wanted.name, command, env: envOf(world, source, record, cloneId, wanted.newSecrets) },
      template_json: source.template_json,
      start: wanted.start,
      ports: wantedPorts,
      avoided,
      clonedFrom: source.name,
      copy: origin && { origin, order: orderedCopy(origin, source) },
    });
  });
  world.bus.publish({ topic: 'operations' });
  return showOperation(operation);
}

async function recordIn(reader: Pick<Writer, 'selectFrom'>, server: ServerRow): Promise<ServerRecord> {
  return recordOf(server, await reader.selectFrom('port_allocations').selectAll().where('server_id', '=', server.id).execute());
}

/**
 * Its variables for the clone, which is told its own id where they have the source's. Each secret is opened and sealed
 * again, for a sealing opens for its own server only; or made anew.
 */
function envOf(
  { vault }: World,
  source: ServerRow,
  { env }: Pick<ServerRecord, 'env'>,
  cloneId: ServerId,
  newSecrets: readonly string[],
): ServerRecord['env'] {
  const errors = newSecrets.flatMap((name, at) => {
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    return value !== undefined && isSealed(value)
      ? []
      : [{ path: `/newSecrets/${at}`, message: `“${name}” is no secret of “${source.name}”.` }];
  });
  const [first] = errors;
  if (first) throw new Fault('invalid-request', `body${first.path}: ${first.message}`, { extra: { errors } });
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !newSecrets.includes(name)));
  const opened = openEnv(vault, source.id, kept);
  const wanted = Object.entries(env).map(([name, value]): [string, string | { secret: string }] => [
    name,
    isSealed(value) ? { secret: opened[name] ?? newSecret() } : value.replaceAll(source.id, cloneId),
  ]);
  return sealEnv(vault, cloneId, Object.fromEntries(wanted), {});
}
