// A whole Mainstay in this process: the real manager, hosts that are made up, and time that runs faster. Its manager can be
// ended as a power cut would end it: nothing more reaches its database, and what it had in memory is gone.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownerOfAll } from '@mainstay/core/access';
import { issue } from '@mainstay/manager/app/credentials';
import { type Clock, systemClock } from '@mainstay/manager/clock';
import { createLog } from '@mainstay/manager/log';
import { databasePath, type Manager, startManager } from '@mainstay/manager/main';
import { openSqlite } from '@mainstay/manager/sql/sqlite';
import type { Store } from '@mainstay/manager/sql/store';
import { type Host, openHost } from '@mainstay/sim/host';
import { seeded } from '@mainstay/sim/world';
import { contract } from '@mainstay/wire/contract';
import { SAMPLE_IMAGE } from '../../tools/sample-image.ts';
import { type Caller, createCaller } from '../e2e/harness/caller.ts';
import { freePort } from '../e2e/harness/ports.ts';
import type { Ground, SeenContainer } from './seen.ts';

export interface MadeUp extends Ground {
  readonly caller: Caller;
  readonly hosts: readonly Host[];
  readonly clock: Clock;
  /** How often the manager was ended so far. */
  readonly ends: number;
  /** Has another host join. @returns it, online and looked at */
  addHost(name: string): Promise<Host>;
  /** The manager ends as by a power cut, and is started again. One that is being done so serves all who ask meanwhile. */
  crashManager(): Promise<void>;
  /** The manager is stopped, and started again after `between`. @throws what keeps it from starting; it is then tried again by the next */
  restartManager(between: () => unknown): Promise<void>;
  close(): Promise<void>;
}

export interface MadeUpOptions {
  /** Time of the manager's. */
  readonly clock?: Clock;
  /** Time of the hosts'. */
  readonly hostClock?: Clock;
}

/** So many times faster than outside. */
export function hastened(times: number): Clock {
  const began = { at: Date.now(), running: performance.now() };
  const passed = () => (performance.now() - began.running) * times;
  return {
    now: () => Math.round(began.at + passed()),
    running: passed,
    pause: (ms, signal) => systemClock.pause(ms / times, signal),
  };
}

/** Memory where there is such a place: what is tried is the manager, not the disk. */
const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export async function openMadeUp({ clock = hastened(20), hostClock = clock }: MadeUpOptions = {}): Promise<MadeUp> {
  const directory = mkdtempSync(join(place, 'mainstay-made-up-'));
  const port = await freePort();
  const config = { directory, host: '127.0.0.1', port, webDirectory: null, templatesDirectory: null };
  const database = databasePath(config);
  let store: Store;
  const open: typeof openSqlite = async (...args) => {
    store = await openSqlite(...args);
    return store;
  };
  const start = (): Promise<Manager> => startManager(config, 'test', createLog('silent'), { clock, open });
  let manager = await start();
  const beside = await openSqlite(database, clock.now(), { create: false });
  const { secret } = await issue(beside, { kind: 'token', name: 'tester', grants: ownerOfAll }, clock.now());
  await beside.close();
  const caller = createCaller(manager.url, secret);
  const hosts: Host[] = [];
  let crashing: Promise<void> | null = null;
  let ends = 0;
  let runs = true;
  const crash = async () => {
    ends += 1;
    await store.close();
    // What its loops still try comes to nothing.
    await manager.stop().catch(() => undefined);
    manager = await start();
  };
  return {
    caller,
    database,
    hosts,
    clock,
    get ends() {
      return ends;
    },
    async containers() {
      return hosts.flatMap(({ outside }) =>
        outside.containers().flatMap(({ id, name, labels, state }): SeenContainer[] => {
          const serverId = labels['mainstay.server'];
          return serverId === undefined ? [] : [{ id, name, serverId, runs: state === 'running' || state === 'restarting' }];
        }),
      );
    },
    async fingerprint({ id, agentId }) {
      return hosts.find((host) => host.agentId === agentId)?.machine.data.worldOf(id as never) ?? null;
    },
    async addHost(name) {
      const { token: joinToken } = await caller.call(contract.createJoinToken, {});
      const host = await openHost({
        managerUrl: manager.url,
        joinToken,
        name,
        clock: hostClock,
        random: seeded(hosts.length + 1),
        images: { [SAMPLE_IMAGE]: 180_000_000 },
        usageEveryMs: null,
      });
      hosts.push(host);
      await caller.untilAgent(host.agentId, 'the host online and looked at', (seen) => seen.online && seen.engine !== null);
      return host;
    },
    crashManager() {
      crashing ??= crash().finally(() => {
        crashing = null;
      });
      return crashing;
    },
    async restartManager(between) {
      if (runs) await manager.stop();
      runs = false;
      await between();
      manager = await start();
      runs = true;
    },
    async close() {
      caller.closeStreams();
      await Promise.all(hosts.map((host) => host.close()));
      if (runs) await manager.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
