// The engine beneath a host: restarted, away, frozen, another one than before, out of disk, without an image; and one that
// answers with errors, with half an answer or with none. What nobody can see changes nothing, and what was asked for is done
// once it can be.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { seeded } from '@mainstay/sim/world';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import { SAMPLE_IMAGE } from '../../tools/sample-image.ts';
import { fillDisk } from '../e2e/harness/disks.ts';
import { type EngineProxy, openEngineProxy } from '../e2e/harness/engine-proxy.ts';
import { type Installation, openInstallation } from '../e2e/harness/installation.ts';
import { type OwnEngine, openOwnEngine } from '../e2e/harness/own-engine.ts';
import { until } from '../e2e/harness/until.ts';
import { press, untilEnded } from './clients.ts';
import { groundOf, leaveKeepsake } from './installation-ground.ts';
import { Promised, untilAllHold } from './invariants.ts';
import { type Notes, scaled, scenario } from './scenario.ts';
import type { Ground } from './seen.ts';

/** An installation, and what its people were promised so far. */
interface Stage {
  readonly mainstay: Installation;
  readonly ground: Ground;
  readonly promised: Promised;
}

function stageOf(mainstay: Installation): Stage {
  return { mainstay, ground: groundOf(mainstay), promised: new Promised() };
}

async function makeServers(
  { mainstay, promised }: Stage,
  count: number,
  wanted: Parameters<Installation['create']>[0] = {},
): Promise<Server[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => mainstay.create(wanted)));
  for (const server of servers) promised.keep(server, leaveKeepsake(mainstay.host, server));
  return servers;
}

const settled = ({ ground, promised }: Stage, notes: Notes) => notes.settling(() => untilAllHold(ground, promised));

/** All that an observation could change. */
const standing = ({ state, stateSince, containerId, dataExists }: Server) => ({ state, stateSince, containerId, dataExists });

async function expectAsBefore({ mainstay }: Stage, before: readonly Server[]): Promise<void> {
  for (const server of before) expect(standing(await mainstay.server(server.id))).toEqual(standing(server));
}

const untilEngine = ({ mainstay }: Stage, state: 'ok' | 'unreachable' | 'other') =>
  until(`the engine told as ${state}`, mainstay.agent, (agent) => agent.engine?.state === state, 40_000);

// Each scenario has one: killed while it gives a port to a container, Docker 20.10 holds that port for nobody from then on.
describe('an engine of its own', () => {
  let engine: OwnEngine;
  let stage: Stage;
  let servers: Server[];
  beforeEach(async () => {
    engine = await openOwnEngine();
    stage = stageOf(await openInstallation({ dockerHost: engine.address, outside: engine.outside }));
    servers = await makeServers(stage, scaled({ short: 2, all: 10 }));
  });
  afterEach(async () => {
    engine.thaw();
    await engine.start();
    await stage.mainstay.close();
    await engine.close();
  });

  const now = (): Promise<Server[]> => Promise.all(servers.map(({ id }) => stage.mainstay.server(id)));

  for (const [how, end, rounds] of [
    ['stopped and started again', 'stop', scaled({ short: 0, all: 2 })],
    ['killed and started again', 'kill', scaled({ short: 1, all: 2 })],
  ] as const) {
    if (rounds === 0) continue;
    scenario(
      {
        kind: 'engine',
        done: `dockerd ${how} while clients ask for starts, stops, restarts and rebuilds`,
        promised: 'every request that was acknowledged comes to its end, and every state is what the engine shows',
        limitMs: 240_000,
      },
      async (notes) => {
        notes.watch(stage.mainstay);
        const ending = new AbortController();
        const random = seeded(3);
        const pressing = press(stage.mainstay, servers, stage.promised, {
          clients: 4,
          wishes: ['start', 'stop', 'restart', 'rebuild'],
          random,
          signal: ending.signal,
        });
        pressing.catch(() => undefined);
        for (let round = 0; round < rounds; round += 1) {
          const had = stage.promised.operations.size;
          await until(
            'some requests taken',
            () => stage.promised.operations.size,
            (size) => size >= had + 3,
          );
          await engine[end]();
          await untilEngine(stage, 'unreachable');
          await engine.start();
          await untilEngine(stage, 'ok');
        }
        ending.abort();
        const { acknowledged, refused } = await pressing;
        await notes.settling(() => untilEnded(stage.mainstay, stage.promised));
        await settled(stage, notes);
        notes.found(`${rounds} times; ${acknowledged} requests acknowledged and ended, ${refused} refused`);
      },
    );
  }

  scenario(
    {
      kind: 'engine',
      done: 'dockerd away for a minute',
      promised:
        'no server changes its state, the host says since when its engine does not answer, and a stop asked for meanwhile is done after it',
      long: true,
    },
    async (notes) => {
      notes.watch(stage.mainstay);
      const { mainstay, promised } = stage;
      const before = await now();
      const began = Date.now();
      await engine.kill();
      const agent = await untilEngine(stage, 'unreachable');
      expect(agent.engine?.since).toBeGreaterThanOrEqual(began);
      const [first] = servers as [Server];
      const stop = promised.acknowledge(await mainstay.ask('stop', first));
      await mainstay.untilWaiting(stop);
      await pause(60_000);
      await expectAsBefore(stage, before);
      await engine.start();
      await notes.settling(() => mainstay.ended(stop));
      expect(await mainstay.server(first.id)).toMatchObject({ state: 'stopped' });
      await settled(stage, notes);
    },
  );

  scenario(
    {
      kind: 'engine',
      done: 'dockerd frozen (SIGSTOP) for 30 seconds',
      promised:
        'it is noticed as an engine that does not answer, no server changes its state, and a restart asked for meanwhile is done after it',
      long: true,
    },
    async (notes) => {
      notes.watch(stage.mainstay);
      const { mainstay, promised } = stage;
      const [first] = servers as [Server];
      const before = await now();
      engine.freeze();
      const frozen = performance.now();
      try {
        await untilEngine(stage, 'unreachable');
        notes.found(`noticed after ${Math.round((performance.now() - frozen) / 1000)} s`);
        promised.acknowledge(await mainstay.ask('restart', first));
        await pause(30_000 - (performance.now() - frozen));
        expect((await now()).map(standing)).toEqual(before.map(standing));
      } finally {
        engine.thaw();
      }
      await notes.settling(() => untilEnded(mainstay, promised));
      await settled(stage, notes);
    },
  );

  scenario(
    {
      kind: 'engine',
      done: 'another engine behind the same socket, set up anew on an empty disk, which answers by the same id as before',
      promised: 'all servers become unknown and none missing, the host says so, nothing is done on it, and all is as before on the own one',
    },
    async (notes) => {
      notes.watch(stage.mainstay);
      const { mainstay, promised } = stage;
      const [first] = servers as [Server];
      await engine.kill();
      await untilEngine(stage, 'unreachable');
      const before = await now();
      const comeBack = engine.exchange();
      await engine.start();
      const agent = await untilEngine(stage, 'other');
      expect(agent.engine?.detail).toMatch(/^Engine .* answers, not .* on which its servers were made\.$/);
      await mainstay.call(contract.syncAgent, { params: { agentId: agent.id } });
      await expectAsBefore(stage, before);
      expect(await mainstay.server(first.id)).toMatchObject({ host: { engine: 'other' } });
      const asked = promised.acknowledge(await mainstay.ask('restart', first));
      expect((await mainstay.untilWaiting(asked)).waitingFor).toContain('another one answers there now');
      expect(await engine.outside.docker.listContainers({ all: true })).toEqual([]);
      await engine.kill();
      comeBack();
      await engine.start();
      await notes.settling(() => untilEngine(stage, 'ok'));
      await notes.settling(() => mainstay.ended(asked));
      await settled(stage, notes);
    },
  );

  scenario(
    {
      kind: 'engine',
      done: 'the container and the image gone, and no registry to be reached',
      promised: 'a start fails and says which image is not to be had, the world stays, and the next start succeeds once it is there',
      long: true,
    },
    async (notes) => {
      notes.watch(stage.mainstay);
      const { mainstay, promised } = stage;
      const { docker } = engine.outside;
      const containers = await docker.listContainers({ all: true });
      await Promise.all(containers.map(({ Id }) => engine.outside.remove(Id)));
      await docker.getImage(SAMPLE_IMAGE).remove({ force: true });
      const [first] = servers as [Server];
      await mainstay.untilState(first.id, 'missing');
      const failed = await mainstay.ended(promised.acknowledge(await mainstay.ask('start', first)));
      expect(failed).toMatchObject({
        state: 'failed',
        error: { code: 'image-unavailable', detail: expect.stringContaining(SAMPLE_IMAGE) },
      });
      await settled(stage, notes);
      await engine.loadSampleImage();
      for (const server of servers) promised.acknowledge(await mainstay.carryOut('start', server));
      await settled(stage, notes);
      notes.found(`in words: ${failed.error?.detail}`);
    },
  );
});

scenario(
  {
    kind: 'engine',
    done: 'the disk beneath the engine’s storage full',
    promised: 'a creation fails and says so, those that run go on, and the next try succeeds once there is room',
    long: true,
    limitMs: 180_000,
  },
  async (notes) => {
    const engine = await openOwnEngine({ diskMb: 480 });
    const mainstay = await openInstallation({ dockerHost: engine.address, outside: engine.outside }).catch(async (error: unknown) => {
      await engine.close();
      throw error;
    });
    const stage = stageOf(mainstay);
    const filler = join(engine.dataRoot, 'filler');
    try {
      notes.watch(mainstay);
      const [running] = (await makeServers(stage, 1)) as [Server];
      fillDisk(engine.dataRoot);
      await expect(mainstay.create()).rejects.toThrow(/no space left/i);
      const failed = (await mainstay.servers()).find(({ state }) => state === 'failed');
      expect(failed).toBeDefined();
      expect(await mainstay.server(running.id)).toMatchObject({ state: 'running', containerId: running.containerId });
      await settled(stage, notes);
      notes.found(`in words: ${JSON.stringify(failed?.stateReason)}`);
      rmSync(filler);
      await mainstay.carryOut('start', failed as Server);
      await mainstay.carryOut('rebuild', running);
      await settled(stage, notes);
    } finally {
      rmSync(filler, { force: true });
      await mainstay.close();
      await engine.close();
    }
  },
);

describe('an engine that answers badly', () => {
  let engine: EngineProxy;
  let stage: Stage;
  let running: Server;
  beforeAll(async () => {
    engine = await openEngineProxy();
    stage = stageOf(await openInstallation({ dockerHost: engine.address }));
    [running] = (await makeServers(stage, 2)) as [Server, Server];
  });
  afterAll(async () => {
    await stage.mainstay.close();
    engine.close();
  });

  /** Misbehaves, and looks in full meanwhile. @returns what the API answers to the look */
  async function lookAt(which: RegExp, how: Parameters<EngineProxy['misbehave']>[1]) {
    const { mainstay } = stage;
    const before = await mainstay.servers();
    const behave = engine.misbehave(which, how);
    const { id: agentId } = await mainstay.agent();
    const answer = await mainstay.call(contract.syncAgent, { params: { agentId } }).catch((fault: unknown) => fault);
    await expectAsBefore(stage, before);
    behave();
    return answer;
  }

  for (const [done, how] of [
    ['fails', 'fail'],
    ['breaks off half way', 'cut-short'],
    ['never comes', 'mute'],
    ['is empty', 'forget'],
  ] as const) {
    scenario(
      {
        kind: 'engine',
        done: `its list of containers ${done}`,
        promised: 'no server changes its state',
        // Nobody knows before the deadline that nothing more comes.
        long: how === 'cut-short' || how === 'mute',
      },
      async (notes) => {
        notes.watch(stage.mainstay);
        const answer = await lookAt(/^GET \/containers\/json/, how);
        if (how !== 'forget') expect(answer).toMatchObject({ code: 'engine-unreachable' });
        await notes.settling(() => untilEngine(stage, 'ok'));
        await settled(stage, notes);
      },
    );
  }

  scenario(
    {
      kind: 'engine',
      done: 'its event stream cut, and a container removed meanwhile',
      promised: 'the removal is seen by the full look within 6 s',
    },
    async (notes) => {
      notes.watch(stage.mainstay);
      const { mainstay } = stage;
      const [server] = (await makeServers(stage, 1)) as [Server];
      engine.cutEvents();
      await mainstay.outside.remove(server.name);
      await notes.settling(() => mainstay.untilState(server.id, 'missing', 6_000));
      await engine.behave();
      await settled(stage, notes);
    },
  );

  scenario(
    {
      kind: 'engine',
      done: 'every request that changes something answered with 500',
      promised: 'what was asked for ends as failed with the engine’s own words, the server runs on, and is done when asked again',
    },
    async (notes) => {
      notes.watch(stage.mainstay);
      const { mainstay, promised } = stage;
      const behave = engine.misbehave(/^(POST|DELETE) /, 'fail');
      const ended = await mainstay.ended(promised.acknowledge(await mainstay.ask('rebuild', running)));
      expect(ended).toMatchObject({ state: 'failed', error: { detail: expect.stringContaining('out of order') } });
      expect(await mainstay.server(running.id)).toMatchObject({ state: 'running', containerId: running.containerId });
      behave();
      await settled(stage, notes);
      promised.acknowledge(await mainstay.carryOut('rebuild', running));
      await settled(stage, notes);
    },
  );
});
