// The network between manager and hosts: each in a network of its own, each host with an engine of its own, cables between them
// that are cut, bad or slow. While a host is not heard nothing is said to have changed; soon after it is heard again, all is true.

import { execFile as execFileCallback } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '@mainstay/manager/clock';
import { type Host as MadeUpHost, openHost } from '@mainstay/sim/host';
import { seeded } from '@mainstay/sim/world';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { type Cable, type Direction, layCable, type Weather } from '../e2e/harness/cable.ts';
import { type Caller, createCaller } from '../e2e/harness/caller.ts';
import { createHost, type Host } from '../e2e/harness/host.ts';
import { identityOf } from '../e2e/harness/installation.ts';
import { note, ownDirectory } from '../e2e/harness/ledger.ts';
import { createLogs, type Logs } from '../e2e/harness/logs.ts';
import { createManager, type Manager } from '../e2e/harness/manager.ts';
import { closeNetwork, type OwnEngine, openNetwork, openOwnEngine } from '../e2e/harness/own-engine.ts';
import { sampleServer } from '../e2e/harness/sample.ts';
import { openSimulation } from '../e2e/harness/simulation.ts';
import { until } from '../e2e/harness/until.ts';
import { groundOf, leaveKeepsake } from './installation-ground.ts';
import { Promised, untilAllHold } from './invariants.ts';
import { scaled, scenario } from './scenario.ts';
import type { Ground } from './seen.ts';

const execFile = promisify(execFileCallback);

/** As promised: a change made while nothing passed is settled so soon after it passes again. */
const settledWithinMs = 2_000;

interface Site {
  readonly engine: OwnEngine;
  readonly cable: Cable;
  readonly host: Host;
  readonly agentId: string;
}

interface Net extends Logs {
  readonly caller: Caller;
  readonly manager: Manager;
  readonly sites: readonly Site[];
  readonly ground: Ground;
  close(): Promise<void>;
}

/** A manager and hosts, each in a network of its own, a cable to each host. */
async function openNet(names: readonly string[]): Promise<Net> {
  const directory = ownDirectory('net');
  const network = await openNetwork('manager');
  const subnet = `10.213.${randomBytes(1)[0]}`;
  // How the tests themselves reach the manager; no fault touches it.
  const link = `ms${randomBytes(4).toString('hex')}`;
  await execFile('ip', ['link', 'add', link, 'type', 'veth', 'peer', 'name', `${link}p`, 'netns', network]);
  await execFile('ip', ['address', 'add', `${subnet}.1/30`, 'dev', link]);
  await execFile('ip', ['link', 'set', link, 'up']);
  await execFile('ip', ['-netns', network, 'address', 'add', `${subnet}.2/30`, 'dev', `${link}p`]);
  await execFile('ip', ['-netns', network, 'link', 'set', `${link}p`, 'up']);
  const manager = await createManager(directory, { MAINSTAY_HOST: '0.0.0.0' }, { network, address: `${subnet}.2` });
  await manager.start();
  const caller = createCaller(manager.url, await manager.secret('token', 'create', '--name', 'tester', '--role', 'owner'));
  const random = seeded(5);
  const sites = await Promise.all(
    names.map(async (name, at): Promise<Site> => {
      const engine = await openOwnEngine();
      const [near, far] = [`${subnet}.${8 + at * 4 + 1}`, `${subnet}.${8 + at * 4 + 2}`];
      const cable = await layCable({ network: engine.network, address: `${far}/30` }, { network, address: `${near}/30` }, random);
      const host = createHost({
        directory,
        name,
        managerUrl: manager.url.replace(`${subnet}.2`, near),
        joinToken: await manager.secret('join-token', 'create'),
        dockerHost: engine.address,
        network: engine.network,
        settings: { MAINSTAY_ALLOW_PLAIN: 'true' },
      });
      host.start();
      const agentId = await until('the host joined', async () => {
        const { items } = await caller.call(contract.listAgents, {});
        return items.find((each) => each.name === name)?.id ?? '';
      });
      await caller.untilAgent(agentId, 'the host online and looked at', (seen) => seen.online && seen.engine !== null);
      return { engine, cable, host, agentId };
    }),
  );
  const [first] = sites as [Site];
  const { installationId: id } = identityOf(first.host);
  note('installations', id);
  const outsides = sites.map(({ engine }) => engine.outside);
  const ground = groundOf(
    { ...caller, id, manager, host: first.host, outside: first.engine.outside },
    { hosts: sites.map(({ host }) => host), engines: outsides.slice(1) },
  );
  return {
    caller,
    manager,
    sites,
    ground,
    ...createLogs(['manager', ...names].map((name) => join(directory, `${name}.log`))),
    async close() {
      caller.closeStreams();
      await Promise.all([manager.kill(), ...sites.map(({ host }) => host.kill())]);
      for (const { cable } of sites) cable.close();
      for (const { engine } of sites) await engine.close();
      closeNetwork(network);
    },
  };
}

describe('hosts in networks of their own', () => {
  let net: Net;
  const promised = new Promised();
  const servers: Server[] = [];
  beforeAll(async () => {
    net = await openNet(scaled({ short: ['attic'], all: ['attic', 'basement'] }));
    for (const { agentId, host } of net.sites) {
      const server = await net.caller.createAs(await sampleServer({ agentId }));
      promised.keep(server, leaveKeepsake(host, server));
      servers.push(server);
    }
  });
  afterAll(() => net.close());

  const all = () => untilAllHold(net.ground, promised);

  for (const [done, directions] of [
    ['to the manager', ['there']],
    ['to the host', ['back']],
    ['both ways', ['there', 'back']],
  ] as const satisfies readonly (readonly [string, readonly Direction[]])[]) {
    scenario(
      {
        kind: 'network',
        done: `a partition ${done}; meanwhile a container is removed on the host`,
        promised: `the host counts as away and no state changes; within ${settledWithinMs / 1_000} s of the partition’s end the server is missing`,
        long: directions.length === 1,
      },
      async (notes) => {
        notes.watch(net);
        const { caller } = net;
        const [{ cable, engine, agentId }] = net.sites as [Site];
        const [server] = servers as [Server];
        cable.cut(...directions);
        await caller.untilAgent(agentId, 'the host away', ({ online }) => !online);
        const before = await caller.server(server.id);
        await engine.outside.remove(server.name);
        expect(await caller.server(server.id)).toMatchObject({ state: before.state, stateSince: before.stateSince });
        const healed = performance.now();
        cable.mend();
        await notes.settling(() => caller.untilState(server.id, 'missing'));
        const tookMs = performance.now() - healed;
        expect(tookMs).toBeLessThan(settledWithinMs);
        promised.acknowledge(await caller.carryOut('start', server));
        await all();
      },
    );
  }

  for (const [done, weather] of [
    ['30 % of all frames lost', { loss: 0.3 }],
    ['a delay of 2 s each way', { delayMs: 2_000 }],
    ['frames that come twice and out of order', { twice: 0.2, late: 0.3 }],
  ] as const satisfies readonly (readonly [string, Weather])[]) {
    scenario(
      {
        kind: 'network',
        done: `${done}; a restart and a rebuild are asked for, a container is stopped outside`,
        promised: 'all of it comes to its end once, and every state is what the engine shows',
        long: true,
        limitMs: 240_000,
      },
      async (notes) => {
        notes.watch(net);
        const { caller } = net;
        const [{ cable, engine }] = net.sites as [Site];
        const [server] = servers as [Server];
        const before = cable.frames.lost;
        cable.worsen(weather);
        for (const what of ['restart', 'rebuild'] as const) {
          const asked = promised.acknowledge(await caller.ask(what, server));
          expect(await notes.settling(() => caller.ended(asked, 120_000))).toMatchObject({ state: 'succeeded' });
        }
        await engine.outside.stop(server.name);
        await notes.settling(() => caller.untilState(server.id, 'stopped', 60_000));
        notes.found(`${cable.frames.lost - before} frames lost`);
        cable.mend();
        promised.acknowledge(await caller.carryOut('start', server));
        await all();
      },
    );
  }

  scenario(
    {
      kind: 'network',
      done: 'a connection left half open on either side: the agent killed, then the manager, while nothing passes',
      promised: 'the new connection takes the place of the old one, and what was asked for meanwhile is done once',
      long: true,
      limitMs: 180_000,
    },
    async (notes) => {
      notes.watch(net);
      const { caller, manager } = net;
      const [{ cable, host, agentId }] = net.sites as [Site];
      const [server] = servers as [Server];
      for (const end of ['agent', 'manager'] as const) {
        cable.cut('there', 'back');
        const restart = promised.acknowledge(await caller.ask('restart', server));
        if (end === 'agent') await host.kill();
        else await manager.kill();
        cable.mend();
        if (end === 'agent') host.start();
        else await manager.start();
        expect(await notes.settling(() => caller.ended(restart, 60_000))).toMatchObject({ state: 'succeeded' });
        await caller.untilAgent(agentId, 'the host online', ({ online }) => online);
        await notes.settling(() => all());
      }
    },
  );
});

const crowd = scaled({ short: 30, all: 1_000 });

scenario(
  {
    kind: 'network',
    done: `${crowd.toLocaleString('en')} simulated hosts linked to a manager that is killed and started again, twice`,
    promised: 'all of them are linked again, none is refused for good, and the API answers meanwhile',
    limitMs: 400_000,
  },
  async (notes) => {
    const simulation = await openSimulation({ hosts: [] });
    notes.watch(simulation);
    const hosts: MadeUpHost[] = [];
    try {
      const online = async () =>
        (await simulation.call(contract.listAgents, {})).items.filter((agent) => agent.online && agent.engine !== null).length;
      while (hosts.length < crowd) {
        const group = Array.from({ length: Math.min(20, crowd - hosts.length) }, async (_, at) => {
          const { token: joinToken } = await simulation.call(contract.createJoinToken, {});
          const number = hosts.length + at + 1;
          return openHost({
            managerUrl: simulation.url,
            joinToken,
            name: `host-${number}`,
            clock: systemClock,
            random: seeded(number),
            usageEveryMs: null,
          });
        });
        hosts.push(...(await Promise.all(group)));
      }
      await until('all linked', online, (count) => count === crowd, 120_000);
      let slowest = 0;
      for (let storm = 0; storm < 2; storm += 1) {
        await simulation.manager.kill();
        await simulation.manager.start();
        await notes.settling(() =>
          until(
            'all linked again',
            async () => {
              const began = performance.now();
              const count = await online();
              slowest = Math.max(slowest, performance.now() - began);
              return count;
            },
            (count) => count === crowd,
            120_000,
          ),
        );
      }
      notes.found(`the slowest answer of the API meanwhile took ${Math.round(slowest)} ms`);
    } finally {
      await Promise.all(hosts.map((host) => host.close()));
      await simulation.close();
    }
  },
);
