// A real manager as a process of its own, on a record that holds as many servers as a measure asks for: written into its
// database before it starts, in the shape in which it would have written them itself.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentId, ServerId } from '@mainstay/core/id';
import type { State } from '@mainstay/core/lifecycle';
import { databasePath } from '@mainstay/manager/main';
import { newId } from '@mainstay/manager/random';
import { openSqlite } from '@mainstay/manager/sql/sqlite';
import type { Store } from '@mainstay/manager/sql/store';
import { recordHost, recordServer } from '../../packages/manager/test/records.ts';
import { ownDirectory } from '../../test/e2e/harness/ledger.ts';
import { createManager, type Manager } from '../../test/e2e/harness/manager.ts';
import type { Settings } from '../../test/e2e/harness/program.ts';

const perHost = 50;

export interface Crowd {
  readonly manager: Manager;
  readonly token: string;
  /** The manager's database. */
  readonly database: string;
  close(): Promise<void>;
}

/** Eight of ten run, one rests, one has lost its container. */
function stateAt(place: number): State {
  if (place % 10 === 3) return 'stopped';
  return place % 10 === 7 ? 'missing' : 'running';
}

export async function openCrowd(servers: number, settings: Settings = {}): Promise<Crowd> {
  const directory = ownDirectory('bench');
  const manager = await createManager(directory, { MAINSTAY_LOG: 'warn', ...settings });
  const database = databasePath({ directory: join(manager.home, 'manager') });
  const store = await openSqlite(database, Date.now(), { create: true });
  await record(store, servers);
  await store.close();
  await manager.start();
  return {
    manager,
    token: await manager.secret('token', 'create', '--name', 'bench', '--role', 'owner'),
    database,
    async close() {
      await manager.kill();
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Hosts of fifty servers each, all in one transaction. */
export async function record(store: Store, servers: number): Promise<void> {
  await store.transact(async (writer) => {
    let host: AgentId | null = null;
    for (let place = 0; place < servers; place += 1) {
      if (host === null || place % perHost === 0) {
        const name = `rack-${String(place / perHost).padStart(4, '0')}`;
        host = await recordHost({ db: writer }, name, name);
      }
      await recordOne({ db: writer }, host, place);
    }
  });
}

async function recordOne({ db }: Pick<Store, 'db'>, host: AgentId, place: number): Promise<ServerId> {
  const state = stateAt(place);
  const id = await recordServer({ db }, host, `world-${String(place).padStart(6, '0')}`, state, {
    image: 'itzg/minecraft-server:latest',
    env_json: JSON.stringify({ EULA: 'TRUE', MAX_PLAYERS: '20', MOTD: `World ${place}`, DIFFICULTY: 'normal' }),
    volumes_json: JSON.stringify([{ name: 'world', containerPath: '/data' }]),
    limits_json: JSON.stringify({ memoryMb: 4096, cpus: 2 }),
    container_id: state === 'missing' ? null : newId<string>().padEnd(64, '0'),
    state_reason: JSON.stringify({ code: 'operation', operation: 'start' }),
    seen_json: JSON.stringify(state === 'missing' ? { kind: 'absent' } : { kind: 'unknown', why: 'not looked at yet' }),
    seen_at: 1,
    data_exists: 'yes',
    data_bytes: 1_500_000_000,
  });
  const port = { agent_id: host, protocol: 'tcp', server_id: id, leaving: 0 } as const;
  const hostPort = 20_000 + (place % perHost) * 2;
  await db
    .insertInto('port_allocations')
    .values([
      { ...port, host_port: hostPort, container_port: 25_565, name: 'game', position: 0 },
      { ...port, host_port: hostPort + 1, container_port: 25_575, name: 'rcon', position: 1 },
    ])
    .execute();
  return id;
}
