// An agent with two hundred servers on its host and nothing to do: memory, processor, and how often it looks. The engine has its
// answers ready, and counts what it is asked; the servers do not run, so that nothing is sampled (see usage-sampling for that).

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { InstallationId, ServerId } from '@mainstay/core/id';
import { databasePath } from '@mainstay/manager/main';
import { newId } from '@mainstay/manager/random';
import { openSqlite } from '@mainstay/manager/sql/sqlite';
import { contract } from '@mainstay/wire/contract';
import { recordServer } from '../packages/manager/test/records.ts';
import { createCaller } from '../test/e2e/harness/caller.ts';
import { createHost } from '../test/e2e/harness/host.ts';
import { ownDirectory } from '../test/e2e/harness/ledger.ts';
import { createManager } from '../test/e2e/harness/manager.ts';
import { until } from '../test/e2e/harness/until.ts';
import { openCannedEngine } from './harness/canned.ts';
import { containerIdAt, serverIdAt } from './harness/canned-engine.ts';
import { figuresOf } from './harness/figures.ts';
import type { Measure } from './harness/measure.ts';
import { busyPercents, residentMb } from './harness/processes.ts';

const servers = 200;
/** Until start-up is over and done with. */
const calmMs = 10_000;
const samples = 5;
const sampleMs = 5_000;

export const agentRest: Measure = {
  name: 'agent-rest',
  title: 'An agent at rest, 200 servers on its host',
  async take() {
    const directory = ownDirectory('bench');
    const installationId = newId<InstallationId>();
    const engine = await openCannedEngine(servers, installationId);
    const manager = await createManager(directory, { MAINSTAY_LOG: 'warn' });
    const store = await openSqlite(databasePath({ directory: join(manager.home, 'manager') }), Date.now(), { create: true });
    await store.db.insertInto('settings').values({ key: 'installation', value: installationId }).execute();
    await manager.start();
    const caller = createCaller(manager.url, await manager.secret('token', 'create', '--name', 'bench', '--role', 'owner'));
    const joinToken = await manager.secret('join-token', 'create');
    const settings = { MAINSTAY_LOG: 'warn' };
    const host = createHost({
      directory,
      name: 'host',
      managerUrl: manager.url,
      joinToken,
      dockerHost: `unix://${engine.socketPath}`,
      settings,
    });
    try {
      host.start();
      const { id: agentId } = await until(
        'the host',
        async () => (await caller.call(contract.listAgents, {})).items[0],
        (agent) => agent?.online === true,
      ).then((agent) => agent ?? { id: '' });
      await store.transact(async (writer) => {
        for (let place = 0; place < servers; place += 1) {
          const recorded = { id: serverIdAt(place) as ServerId, container_id: containerIdAt(place), engine_id: 'canned' };
          await recordServer({ db: writer }, agentId as never, `world-${place}`, 'stopped', recorded);
        }
      });
      await caller.call(contract.syncAgent, { params: { agentId } });
      await pause(calmMs);
      const before = await engine.asked();
      const busy = await busyPercents(host.pid, samples, sampleMs);
      const after = await engine.asked();
      const looks = ((after['/containers/json'] ?? 0) - (before['/containers/json'] ?? 0)) / samples;
      return {
        findings: [
          { what: 'processor', unit: '% of a core', figures: figuresOf(busy), baseline: null, goals: [{ of: 'p50', atMost: 0.5 }] },
          { what: 'RSS', unit: 'MB', figures: figuresOf([residentMb(host.pid)]), baseline: null, goals: [{ of: 'most', atMost: 80 }] },
          {
            what: 'looks in five seconds',
            unit: 'times',
            figures: figuresOf([looks]),
            baseline: null,
            goals: [{ of: 'most', atMost: 1.2 }],
          },
        ],
      };
    } finally {
      await store.close();
      await Promise.all([host.kill(), manager.kill()]);
      await engine.close();
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};
