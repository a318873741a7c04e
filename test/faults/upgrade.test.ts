// Databases of every earlier version come up under this one with all that was in them, and what was going on goes on; a migration
// that fails leaves what was there; and agents of other versions are told why they are not let in.

import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createLog } from '@mainstay/manager/log';
import { startManager } from '@mainstay/manager/main';
import { migrate, migrations } from '@mainstay/manager/sql/migrate';
import { queriesOn, sqliteDialect } from '@mainstay/manager/sql/sqlite';
import type { Host } from '@mainstay/sim/host';
import { linkVersion } from '@mainstay/wire/link';
import type { Server } from '@mainstay/wire/servers';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, expect } from 'vitest';
import { WebSocketServer } from 'ws';
import { createHost } from '../e2e/harness/host.ts';
import { openInstallation } from '../e2e/harness/installation.ts';
import { ownDirectory } from '../e2e/harness/ledger.ts';
import { openLinkProxy } from '../e2e/harness/link-proxy.ts';
import { createLogs } from '../e2e/harness/logs.ts';
import { freePort } from '../e2e/harness/ports.ts';
import { sampleServer } from '../e2e/harness/sample.ts';
import { until } from '../e2e/harness/until.ts';
import { Promised, untilAllHold } from './invariants.ts';
import { type MadeUp, openMadeUp } from './made-up.ts';
import { scaled, scenario } from './scenario.ts';
import { contents, downgrade } from './upgrade/downgrade.ts';

const earlier = migrations.slice(0, -1).map((_, at) => at + 1);
const tried = scaled({ short: [1, 9, earlier.length], all: earlier });

let ground: MadeUp;
let host: Host;
let servers: Server[];
beforeAll(async () => {
  ground = await openMadeUp();
  host = await ground.addHost('attic');
  const { caller } = ground;
  servers = [];
  for (const _ of [1, 2, 3, 4]) servers.push(await caller.createAs(await sampleServer()));
});
afterAll(() => ground.close());

for (const version of tried) {
  scenario(
    {
      kind: 'upgrade',
      done: `a database of version ${version} of ${migrations.length} started, a stop waiting for its host in it`,
      promised: 'nothing in it is lost, what was going on goes on, and each server can be worked with',
    },
    async ({ settling, found }) => {
      const { caller } = ground;
      const [running, stopped, missing, deleted] = servers as [Server, Server, Server, Server];
      for (const server of [running, stopped]) {
        if ((await caller.server(server.id)).state !== 'running') await caller.carryOut('start', server);
      }
      if ((await caller.server(missing.id)).state === 'running') host.outside.remove(missing.name);
      await caller.untilState(missing.id, 'missing');
      if ((await caller.server(deleted.id)).state !== 'deleted') await caller.carryOut('delete', deleted);
      const promised = new Promised();
      for (const server of servers) promised.keep(server, (await ground.fingerprint(server)) ?? '');
      await host.stop();
      const stop = promised.acknowledge(await caller.ask('stop', stopped));

      await ground.restartManager(() => downgrade(ground.database, version));
      host.start();
      await settling(async () => {
        expect(await caller.ended(stop)).toMatchObject({ state: 'succeeded' });
        await untilAllHold(ground, promised);
      });
      expect((await caller.servers()).map(({ id, state }) => [id, state]).sort()).toEqual(
        [
          [running.id, 'running'],
          [stopped.id, 'stopped'],
          [missing.id, 'missing'],
          [deleted.id, 'deleted'],
        ].sort(),
      );
      await caller.carryOut('rebuild', running);
      await caller.carryOut('start', missing);
      await caller.carryOut('restore', deleted);
      await untilAllHold(ground, promised);
      await caller.carryOut('start', deleted);
      const copy = `${ground.database}.before-${version + 1}`;
      expect(existsSync(copy)).toBe(true);
      rmSync(copy);
      found('a copy of it as it was lies beside it');
    },
  );
}

scenario(
  {
    kind: 'upgrade',
    done: `a migration that fails, after each of ${tried.length} earlier versions`,
    promised: 'the database is as it was, row by row; a copy of it is beside it; the version before and this one still use it',
  },
  async ({ found }) => {
    for (const version of tried) {
      await ground.restartManager(async () => {
        await downgrade(ground.database, version);
        const before = contents(ground.database);
        const broken = { name: 'broken', up: () => Promise.reject(new Error('half way')) };
        const database = new DatabaseSync(ground.database);
        const db = queriesOn(database) as unknown as Kysely<unknown>;
        const failing = migrate(db, sqliteDialect(ground.database), 1, [...migrations, broken]);
        const copy = `${ground.database}.before-${version + 1}`;
        await expect(failing).rejects.toThrow(`as it was, of the version whose tables are number ${version}`);
        await expect(failing).rejects.toThrow(copy);
        database.close();
        expect(contents(ground.database)).toBe(before);
        expect(contents(copy)).toBe(before);
        // The version before finds nothing to do.
        const again = new DatabaseSync(ground.database);
        const tables = queriesOn(again) as unknown as Kysely<unknown>;
        expect(await migrate(tables, sqliteDialect(ground.database), 1, migrations.slice(0, version))).toBeNull();
        again.close();
        rmSync(copy);
      });
      await untilAllHold(ground, new Promised());
      rmSync(`${ground.database}.before-${version + 1}`);
    }
    found('this version came up on each');
  },
);

scenario(
  {
    kind: 'upgrade',
    done: 'this version started on a database of the version after it',
    promised: 'it is refused with what to do, and left as it is',
  },
  async () => {
    const directory = ownDirectory('later');
    await ground.restartManager(async () => {
      const later = { name: 'later', up: async () => undefined };
      const file = join(directory, 'mainstay.db');
      copyFileSync(ground.database, file);
      const database = new DatabaseSync(file);
      await migrate(queriesOn(database) as unknown as Kysely<unknown>, sqliteDialect(file), 1, [...migrations, later]);
      database.close();
      const before = contents(file);
      const config = { directory, host: '127.0.0.1', port: 0, webDirectory: null, templatesDirectory: null };
      await expect(startManager(config, 'test', createLog('silent'))).rejects.toThrow(/later version of Mainstay.*Start that version/s);
      expect(contents(file)).toBe(before);
    });
  },
);

scenario(
  {
    kind: 'upgrade',
    done: 'agents one version of the link older and newer than the manager, and one whose manager speaks none that it does',
    promised: 'none is let in, each says why and what to do, and the servers run on',
  },
  async ({ found }) => {
    const mainstay = await openInstallation();
    const server = await mainstay.create();
    const directory = ownDirectory('agents');
    const silent = new WebSocketServer({ host: '127.0.0.1', port: await freePort(), handleProtocols: () => false });
    try {
      for (const as of [linkVersion - 1, linkVersion + 1]) {
        const proxy = await openLinkProxy(mainstay.manager.url, as);
        const joinToken = await mainstay.manager.secret('join-token', 'create');
        const host = createHost({ directory, name: `of-${as}`, managerUrl: proxy.url, joinToken });
        host.start();
        const reason = `speaks version ${linkVersion} of the link, the agent version ${as}. Bring both to the same version`;
        await until(
          'the reason in the agent’s log',
          () => createLogs([join(directory, `of-${as}.log`)]).logs(),
          (log) => log.includes(reason),
        );
        await host.kill();
        proxy.close();
      }
      const { port } = silent.address() as { port: number };
      await mainstay.host.kill();
      const moved = createHost({
        directory: mainstay.directory,
        name: mainstay.host.name,
        managerUrl: `http://127.0.0.1:${port}`,
        joinToken: 'none',
      });
      moved.start();
      await until(
        'the reason in the agent’s log',
        () => mainstay.logs(),
        (log) => log.includes('speaks another version of the link'),
      );
      await moved.kill();
      expect((await mainstay.outside.inspect(server.name)).State.Running).toBe(true);
      found('the reason stands in the agent’s log, and is what the manager answers');
    } finally {
      silent.close();
      await mainstay.close();
    }
  },
);
