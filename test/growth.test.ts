// What must not grow with the number of servers, counted and not timed: what a look asks of the engine, the statements that a list
// and a settled observation take, the bytes that a change is on the event stream. (That a change draws only its own row again
// is the page's test: test/e2e/page/many-servers.test.ts.)

import { Endings } from '@mainstay/agent/endings';
import type { Engine } from '@mainstay/agent/engine';
import { Looker } from '@mainstay/agent/look';
import { Readiness } from '@mainstay/agent/readiness';
import { ownerOfAll } from '@mainstay/core/access';
import { labels } from '@mainstay/core/bodies';
import type { InstallationId, ServerId } from '@mainstay/core/id';
import { Known } from '@mainstay/core/known';
import { listServers } from '@mainstay/manager/app/list-servers';
import { takeObservation } from '@mainstay/manager/app/observations';
import { systemClock } from '@mainstay/manager/clock';
import { startFeed } from '@mainstay/manager/feed';
import type { Store } from '@mainstay/manager/sql/store';
import type { World } from '@mainstay/manager/world';
import type { Change } from '@mainstay/wire/events';
import type { Observation } from '@mainstay/wire/link';
import { serverQuery } from '@mainstay/wire/servers';
import type { KyselyPlugin } from 'kysely';
import { describe, expect, it } from 'vitest';
import { happenings, openTeller } from '../packages/manager/test/teller.ts';

const few = 5;
const many = 100;

describe('a full look of an agent', () => {
  const installationId = 'ours' as InstallationId;
  const serverIds = Array.from({ length: many }, (_, at) => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}` as ServerId);
  const idOf = (serverId: string) => `container-of-${serverId}`;

  /** Holds stopped containers, one a server, and writes down what it is asked. */
  function countingEngine(count: number) {
    const calls: string[] = [];
    const one = (serverId: ServerId) => ({
      id: idOf(serverId),
      name: serverId,
      labels: { [labels.installation]: installationId, [labels.server]: serverId },
      state: 'exited',
      status: 'Exited (0) 2 hours ago',
      createdAt: 1,
      ports: [],
    });
    const held = serverIds.slice(0, count).map(one);
    const engine: Partial<Engine> = {
      local: true,
      facts: async () => {
        calls.push('facts');
        return { id: 'engine', version: '20', storageDriver: 'overlay2', cgroupVersion: '2', cpus: 2, memoryBytes: 1 };
      },
      list: async () => {
        calls.push('list');
        return held;
      },
      inspect: async (id) => {
        calls.push('inspect');
        const found = held.find((each) => each.id === id);
        if (!found) return null;
        const facts = { exitCode: 0, outOfMemory: false, finishedAt: 1, startedAt: 1, restart: 'no', restarts: 0, image: 'any', pid: null };
        return { ...found, ...facts, terminal: false, env: [], addresses: [], published: new Map() };
      },
    };
    return { engine: engine as Engine, calls };
  }

  it.each([few, many])('asks the engine for one list, and for no single one of %i containers that are as they were', async (count) => {
    const { engine, calls } = countingEngine(count);
    const looker = new Looker({
      installationId,
      engine,
      data: null as never,
      known: new Known(new Map(serverIds.slice(0, count).map((serverId) => [serverId, idOf(serverId)]))),
      endings: new Endings(),
      readiness: new Readiness({ engine, clock: systemClock }),
      clock: systemClock,
      sequence: () => 1,
      busy: () => false,
    });
    const look = () => looker.look('all', { data: false, exact: new Set() });
    expect((await look()).servers).toHaveLength(count);
    expect(calls.filter((call) => call === 'inspect')).toHaveLength(count);

    calls.length = 0;
    const { servers } = await look();
    expect(servers.filter(({ sighting }) => sighting.kind === 'not-running')).toHaveLength(count);
    expect(calls).toEqual(['list']);
  });
});

/** The same world; each statement that it asks of its database is counted. */
function counting(world: World): { readonly world: World; readonly count: (work: () => Promise<unknown>) => Promise<number> } {
  let statements = 0;
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      statements += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const db = world.store.db.withPlugin(plugin);
  const store: Store = { ...world.store, db, transact: (work) => db.transaction().execute(work) };
  return {
    world: { ...world, store },
    async count(work) {
      statements = 0;
      await work();
      return statements;
    },
  };
}

describe('the manager', () => {
  it('lists a page by as many statements, however many servers it shows', async () => {
    const teller = await openTeller();
    const { world, count } = counting(teller.world);
    const list = (limit: number) => count(() => listServers(world, { grants: ownerOfAll, within: null }, serverQuery.parse({ limit })));
    for (let at = 0; at < many; at += 1) await teller.server(`world-${at}`);
    const statements = await list(few);
    expect(statements).toBeLessThanOrEqual(5);
    expect(await list(many)).toBe(statements);
  });

  it('settles an observation that agrees by one statement a server, and a few for all of them', async () => {
    const teller = await openTeller();
    const { world, count } = counting(teller.world);
    const servers: { readonly id: ServerId }[] = [];
    for (let at = 0; at < many; at += 1) servers.push(await teller.server(`world-${at}`));
    let sequence = 0;
    const observe = (seen: number) => {
      sequence += 1;
      const observation: Observation = {
        sequence,
        takenAt: 1,
        engineId: 'engine',
        why: null,
        servers: servers.slice(0, seen).map(({ id }) => ({
          serverId: id,
          sighting: { kind: 'running', containerId: `container-of-${id}` },
          data: null,
          crashes: [],
          restarts: 0,
        })),
        strays: null,
      };
      return count(() => takeObservation(world, teller.agentId, observation, { crashes: true }));
    };
    // Their containers are recorded by the first.
    await observe(many);
    const [forFew, forMany] = [await observe(few), await observe(many)];
    expect(forMany - forFew).toBe(many - few);
    expect(forFew - few).toBeLessThanOrEqual(4);
  });

  it('tells a change in as many bytes, however many servers there are', async () => {
    const bytesBeside = async (others: number) => {
      const teller = await openTeller();
      const server = await teller.server('lobby');
      for (let at = 0; at < others; at += 1) await teller.server(`world-${at}`);
      const feed = await startFeed(teller.world);
      const told = new Promise<readonly Change[]>((resolve) => void feed.follow(null, resolve));
      await teller.happens(happenings.lost, server);
      const messages = await told;
      await feed.stop();
      expect(messages).toHaveLength(1);
      return JSON.stringify(messages[0]).replaceAll(/"id":\d+/g, '"id":0').length;
    };
    const bytes = await bytesBeside(few);
    expect(await bytesBeside(many)).toBe(bytes);
    expect(bytes).toBeLessThan(2_500);
  });
});
