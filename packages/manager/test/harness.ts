// A manager of the test's own: the real one, on a directory of its own, with no host connected unless the test brings one.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownerOfAll } from '@mainstay/core/access';
import type { AgentId } from '@mainstay/core/id';
import type { State } from '@mainstay/core/lifecycle';
import { issue } from '@mainstay/manager/app/credentials';
import { type Clock, systemClock } from '@mainstay/manager/clock';
import type { ManagerConfig } from '@mainstay/manager/config';
import { createLog } from '@mainstay/manager/log';
import { databasePath, startManager } from '@mainstay/manager/main';
import { openSqlite } from '@mainstay/manager/sql/sqlite';
import { createClient } from '@mainstay/wire/client';
import { recordHost, recordServer } from './records.ts';

/** The templates that come with Mainstay. */
export const templatesDirectory = join(import.meta.dirname, '../../../templates');

/**
 * @param settings beside its own
 * @param clock what it waits by
 */
export async function ownManager(settings: Partial<ManagerConfig> = {}, clock: Clock = systemClock) {
  const directory = await mkdtemp(join(tmpdir(), 'mainstay-manager-'));
  const manager = await startManager(
    { directory, host: '127.0.0.1', port: 0, webDirectory: null, templatesDirectory, ...settings },
    'test',
    createLog('silent'),
    { clock, open: openSqlite },
  );
  // A second connection, as the command line has one.
  const store = await openSqlite(databasePath({ directory }), Date.now(), { create: false });
  const { secret: token } = await issue(store, { kind: 'token', name: 'tester', grants: ownerOfAll }, Date.now());
  const agentId = await recordHost(store);
  return {
    ...manager,
    directory,
    store,
    token,
    agentId,
    call: createClient({ baseUrl: manager.url, token }),
    /** Puts a server into the record as it would stand in `state`, whatever led there. */
    server: (name: string, state: State) => recordServer(store, agentId, name, state),
    /** The same on another host. */
    serverOn: (host: AgentId, name: string, state: State) => recordServer(store, host, name, state),
    end: async () => {
      await store.close();
      await manager.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
