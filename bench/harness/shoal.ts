// Many made-up hosts with many servers on one real manager: what both know of each other is written down before either starts,
// so that a thousand hosts stand within seconds. The hosts live in this process, the manager in its own.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { labels } from '@mainstay/core/bodies';
import type { InstallationId, ServerId } from '@mainstay/core/id';
import { systemClock } from '@mainstay/manager/clock';
import { databasePath } from '@mainstay/manager/main';
import { newId } from '@mainstay/manager/random';
import { openSqlite } from '@mainstay/manager/sql/sqlite';
import type { Store } from '@mainstay/manager/sql/store';
import { Host } from '@mainstay/sim/host';
import { newKey } from '@mainstay/sim/key';
import { seeded } from '@mainstay/sim/world';
import type { ContainerSpec } from '@mainstay/wire/link';
import { recordHost, recordServer } from '../../packages/manager/test/records.ts';
import { ownDirectory } from '../../test/e2e/harness/ledger.ts';
import { createManager, type Manager } from '../../test/e2e/harness/manager.ts';
import type { Settings } from '../../test/e2e/harness/program.ts';
import { until } from '../../test/e2e/harness/until.ts';

export interface Member {
  readonly serverId: ServerId;
  readonly containerId: string;
  readonly host: Host;
}

export interface Shoal {
  readonly manager: Manager;
  readonly token: string;
  readonly hosts: readonly Host[];
  readonly members: readonly Member[];
  /** The manager's database, to look into. */
  readonly database: DatabaseSync;
  /** Resolves when each server was looked at since `at`, ms UTC, and the manager has it. @returns how long that took from now, ms */
  untilSeenSince(at: number): Promise<number>;
  close(): Promise<void>;
}

export interface ShoalOptions {
  readonly hosts: number;
  /** On each. */
  readonly servers: number;
  /** As a host's; null: they tell nothing of what servers use. */
  readonly usageEveryMs?: number | null;
  /** Settings of its manager. */
  readonly settings?: Settings;
}

/** @returns it, every host online and every server seen */
export async function openShoal({ hosts: hostCount, servers, usageEveryMs = null, settings = {} }: ShoalOptions): Promise<Shoal> {
  const directory = ownDirectory('bench');
  const manager = await createManager(directory, { MAINSTAY_LOG: 'warn', ...settings });
  const path = databasePath({ directory: join(manager.home, 'manager') });
  const installationId = newId<InstallationId>();
  const store = await openSqlite(path, Date.now(), { create: true });
  const hosts: Host[] = [];
  const members: Member[] = [];
  await store.db.insertInto('settings').values({ key: 'installation', value: installationId }).execute();
  await store.transact(async (writer) => {
    for (let at = 0; at < hostCount; at += 1) {
      const key = newKey();
      const name = `rack-${String(at).padStart(4, '0')}`;
      const agentId = await recordHost({ db: writer }, name, key.publicKey);
      const identity = { managerUrl: manager.url, agentId, installationId, key };
      const host = new Host(
        { managerUrl: manager.url, joinToken: '', name, clock: systemClock, random: seeded(at + 1), usageEveryMs },
        identity,
      );
      hosts.push(host);
      for (let place = 0; place < servers; place += 1)
        members.push(await recordOn({ db: writer }, host, `${name}-${place}`, installationId));
    }
  });
  await store.close();
  await manager.start();
  const token = await manager.secret('token', 'create', '--name', 'bench', '--role', 'owner');
  const database = new DatabaseSync(path, { readOnly: true });
  const seenSince = database.prepare('select count(*) as count from servers where seen_at >= ?');
  const shoal: Shoal = {
    manager,
    token,
    hosts,
    members,
    database,
    async untilSeenSince(at) {
      const began = performance.now();
      const count = () => Number(seenSince.get(at)?.['count']);
      await until('every server seen', count, (seen) => seen === members.length, 120_000);
      return performance.now() - began;
    },
    async close() {
      database.close();
      await Promise.all(hosts.map((host) => host.close()));
      await manager.kill();
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  const at = Date.now();
  for (const host of hosts) host.start();
  await shoal.untilSeenSince(at);
  return shoal;
}

async function recordOn(store: Pick<Store, 'db'>, host: Host, name: string, installationId: InstallationId): Promise<Member> {
  const { engine } = host.machine;
  const serverId = newId<ServerId>();
  const container = engine.create(name, { [labels.installation]: installationId, [labels.server]: serverId }, specOf(name));
  engine.start(container);
  await recordServer(store, host.agentId, name, 'running', {
    id: serverId,
    container_id: container.id,
    container_name: name,
    engine_id: engine.id,
  });
  return { serverId, containerId: container.id, host };
}

const specOf = (name: string): ContainerSpec => ({
  name,
  image: 'localhost/bench:1',
  env: {},
  sealedEnv: {},
  command: null,
  ports: [],
  volumes: [],
  limits: { memoryMb: null, cpus: null },
  stop: { signal: null, graceSeconds: 10 },
  restart: 'no',
  sandbox: { user: null, workingDir: null, tty: false, readOnlyRoot: false, tmpfs: [], capAdd: [] },
});
