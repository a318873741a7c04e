// Rows as tests put them into the record: a host that never joined, and a server as it would stand in some state,
// whatever led there.

import type { AgentId, ServerId } from '@mainstay/core/id';
import type { State } from '@mainstay/core/lifecycle';
import { newId } from '@mainstay/manager/random';
import type { ServerTable } from '@mainstay/manager/sql/schema';
import type { Store } from '@mainstay/manager/sql/store';
import type { Insertable } from 'kysely';

export async function recordHost({ db }: Pick<Store, 'db'>, name = 'basement', publicKey = 'none'): Promise<AgentId> {
  const id = newId<AgentId>();
  await db
    .insertInto('agents')
    .values({
      id,
      name,
      public_key: publicKey,
      created_at: 0,
      online_changed_at: 0,
      strays_json: '[]',
      port_from: 20000,
      port_to: 20999,
      seen_sequence: 0,
    })
    .execute();
  return id;
}

export async function recordServer(
  { db }: Pick<Store, 'db'>,
  agentId: AgentId,
  name: string,
  state: State,
  more: Partial<Insertable<ServerTable>> = {},
): Promise<ServerId> {
  const id = more.id ?? newId<ServerId>();
  await db
    .insertInto('servers')
    .values({
      id,
      agent_id: agentId,
      name,
      image: 'any',
      env_json: '{}',
      command_json: 'null',
      volumes_json: '[]',
      limits_json: '{"memoryMb":null,"cpus":null}',
      stop_json: '{"signal":null,"graceSeconds":30}',
      restart: 'unless-stopped',
      state,
      intent: 'running',
      state_since: 1,
      seen_sequence: 0,
      data_exists: 'unknown',
      deleted_at: state === 'deleted' ? 1 : null,
      created_at: 1,
      updated_at: 1,
      revision: 1,
      ...more,
    })
    .execute();
  return id;
}
