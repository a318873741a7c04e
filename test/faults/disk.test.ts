// The disk: full under the database, the worlds, the trash and the log; read-only; and a database that is gone, damaged or of
// yesterday. What cannot be kept is not acknowledged, and a record that is lost is never begun anew by surprise.

import {
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Fault } from '@mainstay/core/fault';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import { describe, expect, onTestFinished } from 'vitest';
import { breakDisk, fillDisk, mountAgain, mountDisk, readOnly, unmount } from '../e2e/harness/disks.ts';
import { type Installation, type InstallationOptions, openInstallation } from '../e2e/harness/installation.ts';
import { until } from '../e2e/harness/until.ts';
import { groundOf, leaveKeepsake } from './installation-ground.ts';
import { Promised, untilAllHold } from './invariants.ts';
import { type Notes, scenario } from './scenario.ts';
import type { Ground } from './seen.ts';

interface Stage {
  readonly mainstay: Installation;
  readonly ground: Ground;
  readonly promised: Promised;
  readonly server: Server;
  readonly database: string;
}

/** An installation with a server whose world holds something. */
async function openStage(notes: Notes, options: InstallationOptions = {}): Promise<Stage> {
  const mainstay = await openInstallation(options);
  onTestFinished(() => mainstay.close());
  notes.watch(mainstay);
  const promised = new Promised();
  const server = await mainstay.create();
  promised.keep(server, leaveKeepsake(mainstay.host, server));
  const ground = groundOf(mainstay);
  return { mainstay, ground, promised, server, database: ground.database };
}

const settled = ({ ground, promised }: Stage, notes: Notes) => notes.settling(() => untilAllHold(ground, promised));

/** The manager is started again, and its host is heard. */
async function comesBack({ mainstay }: Stage, notes: Notes): Promise<void> {
  await mainstay.manager.start();
  await notes.settling(() => mainstay.untilOnline());
}

const dataRootOf = ({ mainstay }: Pick<Stage, 'mainstay'>) => join(mainstay.host.home, 'data');

/** Asks for restarts until one is refused. @returns how it was refused */
async function untilRefused({ mainstay, server, promised }: Stage): Promise<Fault> {
  for (;;) {
    try {
      promised.acknowledge(await mainstay.ask('restart', server));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.code !== 'operation-in-progress') return error;
    }
  }
}

/** A copy of the database as it stands, as a person's backup has it. */
function backUp({ database, mainstay }: Stage): string {
  const copy = join(mainstay.directory, 'backup.db');
  const source = new DatabaseSync(database);
  source.prepare('vacuum into ?').run(copy);
  source.close();
  return copy;
}

function putBack({ database }: Stage, copy: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(`${database}${end}`, { force: true });
  copyFileSync(copy, database);
}

/** Tries to start a manager that must refuse. @returns what it said */
async function refusal({ mainstay }: Stage): Promise<string> {
  await expect(mainstay.manager.start()).rejects.toThrow('ended (1)');
  return (
    mainstay
      .logs()
      .split('\n')
      .findLast((line) => line.startsWith('mainstay: ')) ?? ''
  );
}

describe('full or read-only', () => {
  scenario(
    {
      kind: 'disk',
      done: 'the disk under the database full while requests come in',
      promised:
        'none is acknowledged that was not kept: they are refused and told why, reading goes on, and all goes on once there is room',
    },
    async (notes) => {
      const stage = await openStage(notes, { prepare: (directory) => mountDisk(join(directory, 'manager'), 16) });
      const { mainstay, server, promised } = stage;
      const filler = fillDisk(mainstay.manager.home);
      const refused = await untilRefused(stage);
      expect(refused).toMatchObject({ code: 'record-unwritable', detail: expect.stringContaining('Nothing was changed') });
      expect(await mainstay.server(server.id)).toMatchObject({ name: server.name });
      rmSync(filler);
      await notes.settling(async () => {
        for (const operation of promised.operations.values()) await mainstay.ended(operation);
      });
      promised.acknowledge(await mainstay.carryOut('restart', server));
      await settled(stage, notes);
      notes.found(`${promised.operations.size - 1} were acknowledged before, and all of them kept; in words: ${refused.detail}`);
    },
  );

  scenario(
    {
      kind: 'disk',
      done: 'the disk under the worlds and the trash full',
      promised: 'a creation and a purge fail or wait and say so, no world is lost, and both succeed once there is room',
      long: true,
    },
    async (notes) => {
      const stage = await openStage(notes, { prepare: (directory) => mountDisk(join(directory, 'host/agent/data'), 16) });
      const { mainstay, server, promised } = stage;
      const other = await mainstay.create();
      promised.acknowledge(await mainstay.carryOut('delete', other));
      const filler = fillDisk(dataRootOf(stage));
      await expect(mainstay.create()).rejects.toThrow(/no space left/i);
      const purge = promised.acknowledge(await mainstay.ask('purge', other, { removeData: true, confirmName: other.name }));
      const ended = await until(
        'the purge told of its trouble',
        () => mainstay.call(contract.getOperation, { params: { operationId: purge.id } }),
        ({ state }) => state === 'failed' || state === 'waiting' || state === 'succeeded',
      );
      notes.found(`the purge ${ended.state}${ended.error ? `: ${ended.error.detail}` : ''}`);
      expect(await mainstay.server(server.id)).toMatchObject({ state: 'running' });
      rmSync(filler);
      const failed = (await mainstay.servers()).find(({ state }) => state === 'failed');
      promised.acknowledge(await mainstay.carryOut('start', failed as Server, { allowEmptyData: true }));
      if (ended.state === 'failed') await mainstay.carryOut('purge', other, { removeData: true, confirmName: other.name });
      await settled(stage, notes);
    },
  );

  scenario(
    {
      kind: 'disk',
      done: 'the disk under the logs of manager and agent full',
      promised: 'both run on and do what they are asked',
      long: true,
    },
    async (notes) => {
      const stage = await openStage(notes, {
        async prepare(directory) {
          const small = join(directory, 'small');
          await mountDisk(small, 4);
          for (const name of ['manager.log', 'host.log']) symlinkSync(join(small, name), join(directory, name));
        },
      });
      const { mainstay, server, promised } = stage;
      fillDisk(join(mainstay.directory, 'small'));
      for (const what of ['restart', 'stop', 'start', 'rebuild'] as const) promised.acknowledge(await mainstay.carryOut(what, server));
      await settled(stage, notes);
    },
  );

  scenario(
    {
      kind: 'disk',
      done: 'the disk under the database made read-only by the kernel, as after an error of the disk',
      promised: 'nothing is acknowledged any more and it is told why; once the disk is mended all that was acknowledged is there',
      long: true,
    },
    async (notes) => {
      const stage = await openStage(notes, { prepare: (directory) => mountDisk(join(directory, 'manager'), 32) });
      const { mainstay, promised, server } = stage;
      breakDisk(mainstay.manager.home);
      const refused = await untilRefused(stage);
      expect(refused).toMatchObject({ code: 'record-unwritable' });
      await mainstay.manager.kill();
      await unmount(mainstay.manager.home);
      await mountAgain(mainstay.manager.home);
      await comesBack(stage, notes);
      promised.acknowledge(await mainstay.carryOut('restart', server));
      await settled(stage, notes);
    },
  );

  scenario(
    {
      kind: 'disk',
      done: 'the disk under the worlds read-only',
      promised: 'what cannot be done fails and says so, no state changes for it, and it is done once the disk can be written',
      long: true,
    },
    async (notes) => {
      const stage = await openStage(notes);
      const { mainstay, promised, server } = stage;
      await readOnly(dataRootOf(stage), true);
      await expect(mainstay.create()).rejects.toThrow(/read-only/i);
      expect(await mainstay.server(server.id)).toMatchObject({ state: 'running', containerId: server.containerId });
      await readOnly(dataRootOf(stage), false);
      promised.acknowledge(await mainstay.carryOut('rebuild', server));
      await settled(stage, notes);
    },
  );
});

describe('the database', () => {
  scenario(
    {
      kind: 'disk',
      done: 'the database’s file removed while the manager runs',
      promised: 'the manager stops and says what to do; all that it acknowledged is in a copy beside it, and goes on from there',
    },
    async (notes) => {
      const stage = await openStage(notes);
      const { mainstay, promised, server, database } = stage;
      promised.acknowledge(await mainstay.carryOut('restart', server));
      for (const end of ['', '-wal', '-shm']) rmSync(`${database}${end}`, { force: true });
      promised.acknowledge(await mainstay.ask('stop', server));
      expect(await mainstay.manager.ended()).toBe(1);
      const said = mainstay
        .logs()
        .split('\n')
        .findLast((line) => line.startsWith('mainstay: '));
      expect(said).toContain(`All that it held is saved in ${database}.saved: move that to ${database}`);
      expect(await refusal(stage)).toContain('Nothing was begun anew');
      expect(existsSync(database)).toBe(false);
      renameSync(`${database}.saved`, database);
      await comesBack(stage, notes);
      await settled(stage, notes);
      notes.found(`in words: ${said}`);
    },
  );

  scenario(
    {
      kind: 'disk',
      done: 'pages of the database overwritten while the manager runs',
      promised:
        'the manager stops at the first of them that it reads and says what to do, writes nothing on top, and a copy brings all back',
      long: true,
    },
    async (notes) => {
      const stage = await openStage(notes);
      const { mainstay, database } = stage;
      const copy = backUp(stage);
      scribble(database, 4096);
      // Whatever is asked: what it reads and what it writes meanwhile is of no account.
      const ended = mainstay.manager.ended();
      const asking = until(
        'the manager’s end',
        () =>
          Promise.race([
            ended,
            mainstay
              .servers()
              .then(() => mainstay.history(stage.server.id))
              .catch(() => null)
              .then(() => null),
          ]),
        (end) => end !== null,
      );
      expect(await asking).toBe(1);
      const said = await refusal(stage);
      expect(said).toMatch(/is damaged|cannot be used/);
      putBack(stage, copy);
      await comesBack(stage, notes);
      await settled(stage, notes);
      notes.found(`in words: ${said}`);
    },
  );

  scenario(
    {
      kind: 'disk',
      done: 'the database gone, emptied, overwritten from its beginning or in its middle before the manager starts',
      promised:
        'each time it refuses to start and says what to do, makes no other, leaves the file as it is, and starts once a copy is there',
      // What refuses is tried by itself, file by file, in packages/manager.
      long: true,
    },
    async (notes) => {
      const stage = await openStage(notes);
      const { mainstay, promised, server, database } = stage;
      promised.acknowledge(await mainstay.carryOut('restart', server));
      await mainstay.manager.stop();
      const kept = `${database}.kept`;
      copyFileSync(database, kept);
      const harm: Readonly<Record<string, () => void>> = {
        gone: () => rmSync(database),
        emptied: () => truncateSync(database),
        'overwritten from its beginning': () => writeFileSync(database, 'This is no database. '.repeat(1_000)),
        'overwritten in its middle': () => scribble(database, 8192),
      };
      for (const [how, work] of Object.entries(harm)) {
        work();
        const before = existsSync(database) ? readdirSync(mainstay.manager.home) : null;
        const said = await refusal(stage);
        expect({ how, said }).toEqual({ how, said: expect.stringMatching(/[Pp]ut|restore a copy/) });
        if (before === null) expect(existsSync(database)).toBe(false);
        putBack(stage, kept);
      }
      await comesBack(stage, notes);
      await settled(stage, notes);
    },
  );

  scenario(
    {
      kind: 'disk',
      done: 'the database replaced by a copy of before: since then one server was rebuilt, one stopped, one created',
      promised:
        'the states are what the hosts show, the rebuilt one’s new container is taken for its own, and of the one that the copy does not know nothing is removed',
      long: true,
    },
    async (notes) => {
      const stage = await openStage(notes);
      const { mainstay, ground, promised, server } = stage;
      const stopped = await mainstay.create();
      const copy = backUp(stage);
      await mainstay.carryOut('rebuild', server);
      await mainstay.carryOut('stop', stopped);
      const rebuilt = await mainstay.server(server.id);
      const unknown = await mainstay.create();
      const world = leaveKeepsake(mainstay.host, unknown);
      await mainstay.manager.stop();
      putBack(stage, copy);
      await comesBack(stage, notes);
      await notes.settling(() => mainstay.untilState(stopped.id, 'stopped'));
      await notes.settling(() =>
        mainstay.untilServer(server.id, 'its new container', ({ containerId }) => containerId === rebuilt.containerId),
      );
      const { strays } = await until('the unknown one shown', mainstay.agent, (agent) => agent.strays.length > 0);
      expect(strays).toMatchObject([{ name: unknown.name, serverId: unknown.id }]);
      expect(await mainstay.outside.inspect(unknown.name)).toMatchObject({ State: { Running: true } });
      expect(await ground.fingerprint(unknown)).toBe(world);
      const known: Ground = {
        ...ground,
        containers: async () => (await ground.containers()).filter(({ serverId }) => serverId !== unknown.id),
      };
      await notes.settling(() => untilAllHold(known, promised));
    },
  );
});

/** Overwrites it from there to its end. */
function scribble(file: string, from: number): void {
  const end = new DatabaseSync(file);
  end.exec('pragma wal_checkpoint(truncate)');
  end.close();
  const open = openSync(file, 'r+');
  writeSync(open, Buffer.alloc(1024 * 1024, 'scribble'), 0, undefined, from);
}
