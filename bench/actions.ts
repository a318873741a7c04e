// What a person asks for, from the request to its confirmed end, beside the bare calls at the same engine that do the same to a
// container just like the server's.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { contract } from '@mainstay/wire/contract';
import type { Operation } from '@mainstay/wire/operations';
import type { Server } from '@mainstay/wire/servers';
import type Docker from 'dockerode';
import { sampleServer } from '../test/e2e/harness/sample.ts';
import { compared, timed } from './harness/alternate.ts';
import { fill } from './harness/files.ts';
import type { Finding } from './harness/finding.ts';
import type { Measure } from './harness/measure.ts';
import { asked, at, openRealHost, type RealHost, twinOf, waiting } from './harness/real.ts';

const rounds = 5;

export const actions: Measure = {
  name: 'actions',
  title: 'Start, recover, create, delete and purge, against bare engine calls',
  async take({ say }) {
    const host = await openRealHost(1, 0);
    try {
      const [server] = host.running;
      if (!server) throw new Error('There is no server.');
      const twin = await host.outside.docker.createContainer(await twinOf(host.outside, server.containerId ?? ''));
      try {
        const findings: Finding[] = [];
        for (const measure of [start, recover, create, softDelete, purge]) {
          findings.push(await measure({ ...host, one: server, twin }));
          say(`  ${findings.at(-1)?.what}`);
        }
        return { findings };
      } finally {
        await twin.remove({ force: true, v: true }).catch(() => undefined);
      }
    } finally {
      await host.close();
    }
  },
};

interface Stage extends RealHost {
  readonly one: Server;
  /** A bare container like the server's. */
  readonly twin: Docker.Container;
}

async function start({ call, carryOut, one, twin }: Stage): Promise<Finding> {
  const ours = async () => {
    await carryOut('stop', one);
    return timed(() => asked(call(contract.startServer, { ...at(one), body: {} }, waiting)));
  };
  const bare = async () => {
    await twin.stop().catch(() => undefined);
    return timed(async () => {
      await twin.start();
      await twin.inspect();
    });
  };
  return compared(rounds, {
    what: 'start of a stopped server, until it is confirmed running',
    ours,
    baseline: 'engine: start, inspect',
    bare,
    atMost: 1.1,
  });
}

/** Makes and starts one that is removed afterwards. */
async function bareCreation(stage: Stage): Promise<number> {
  const { docker } = stage.outside;
  const options = await twinOf(stage.outside, stage.twin.id);
  let made: Docker.Container | undefined;
  const took = await timed(async () => {
    made = await docker.createContainer(options);
    await made.start();
  });
  await made?.remove({ force: true, v: true });
  return took;
}

async function recover(stage: Stage): Promise<Finding> {
  const { call, outside, untilState, one } = stage;
  const ours = async () => {
    await outside.remove(one.name);
    await untilState(one.id, 'missing');
    return timed(() => asked(call(contract.startServer, { ...at(one), body: {} }, waiting)));
  };
  return compared(rounds, {
    what: 'recovery of a missing server',
    ours,
    baseline: 'engine: create, start',
    bare: () => bareCreation(stage),
    atMost: 1.15,
  });
}

async function create(stage: Stage): Promise<Finding> {
  const ours = async () => {
    const body = await sampleServer();
    let made: Operation | undefined;
    const took = await timed(async () => {
      made = await stage.call(contract.createServer, { body }, waiting);
    });
    if (made?.state !== 'succeeded') throw new Error(`The creation ${made?.state}: ${JSON.stringify(made?.error)}`);
    await stage.carryOut('delete', { id: made.serverId });
    return took;
  };
  return compared(rounds, {
    what: 'creation from a present image',
    ours,
    baseline: 'engine: create, start',
    bare: () => bareCreation(stage),
    atMost: 1.2,
  });
}

/** A stopped bare container, and how long the engine takes to remove it. */
async function bareRemoval(stage: Stage): Promise<number> {
  const made = await stage.outside.docker.createContainer(await twinOf(stage.outside, stage.twin.id));
  await made.start();
  await made.stop();
  return timed(() => made.remove({ force: true }));
}

async function softDelete(stage: Stage): Promise<Finding> {
  const ours = async () => {
    const server = await stage.create();
    await stage.carryOut('stop', server);
    return timed(() => asked(stage.call(contract.deleteServer, at(server), waiting)));
  };
  return compared(rounds, {
    what: 'soft delete of a stopped server',
    ours,
    baseline: 'engine: remove',
    bare: () => bareRemoval(stage),
    atMost: 1.15,
  });
}

const worldFiles = 10_000;
const purgeRounds = 2;

async function purge(stage: Stage): Promise<Finding> {
  const { host, directory } = stage;
  const ours = async () => {
    const server = await stage.create();
    await fill(join(host.dataOf(server.id), 'volumes/world'), worldFiles, 100);
    await stage.carryOut('delete', server);
    const body = { removeData: true, confirmName: server.name };
    return timed(() => asked(stage.call(contract.purgeServer, { ...at(server), body }, waiting)));
  };
  const bare = async () => {
    const world = join(directory, 'bare-world');
    await fill(world, worldFiles, 100);
    const removed = await bareRemoval(stage);
    return removed + (await timed(() => promisify(execFile)('rm', ['-rf', world])));
  };
  return compared(purgeRounds, {
    what: 'purge of a deleted server, its world of 10,000 files with it (to the trash)',
    ours,
    baseline: 'engine: remove; `rm -rf`',
    bare,
    atMost: 1.15,
  });
}
