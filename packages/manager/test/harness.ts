// A manager of the test's own: the real one, on a directory of its own, with no host connected unless the test brings one.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerId } from '@mainstay/core/id';
import type { State } from '@mainstay/core/lifecycle';
import { issue } from '@mainstay/manager/app/credentials';
import { createLog } from '@mainstay/manager/log';
import { databasePath, startManager } from '@mainstay/manager/main';
import { newId } from '@mainstay/manager/random';
import { openSqlite } from '@mainstay/manager/sql/sqlite';
import { createClient } from '@mainstay/wire/client';

export async function ownManager() {
  const directory = await mkdtemp(join(tmpdir(), 'mainstay-manager-'));
  const manager = await startManager({ directory, host: '127.0.0.1', port: 0, webDirectory: null }, 'test', createLog('silent'));
  // A second connection, as the command line has one.
  const store = await openSqlite(databasePath({ directory }), Date.now(), { create: false });
  const { secret: token } = await issue(store, 'token', 'tester', Date.now());
  const agentId = newId<never>();
  await store.db
    .insertInto('agents')
    .values({
      id: agentId,
      name: 'basement',
      public_key: 'none',
      created_at: 0,
      online_changed_at: 0,
      strays_json: '[]',
      port_from: 20000,
      port_to: 20999,
      seen_sequence: 0,
    })
    .execute();
  return {
    ...manager,
    directory,
    store,
    token,
    agentId,
    call: createClient({ baseUrl: manager.url, token }),
    /** Puts a server into the record as it would stand in `state`, whatever led there. */
    server: async (name: string, state: State): Promise<ServerId> => {
      const id = newId<ServerId>();
      await store.db
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
        })
        .execute();
      return id;
    },
    end: async () => {
      await store.close();
      await manager.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
