// A Mainstay with made-up hosts: a real manager, somebody with a token, and as many simulated hosts as a test asks for, in
// the test's own process. Needs no engine.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@mainstay/manager/clock';
import { type Host, type HostOptions, openHost } from '@mainstay/sim/host';
import { seeded } from '@mainstay/sim/world';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import { SAMPLE_IMAGE } from '../../../tools/sample-image.ts';
import { type Caller, createCaller } from './caller.ts';
import { ownDirectory } from './ledger.ts';
import { createLogs, type Logs } from './logs.ts';
import { createManager, type Manager } from './manager.ts';

export interface Simulation extends Caller, Logs {
  readonly manager: Manager;
  readonly hosts: readonly Host[];
  /** The host that a server is on. */
  hostOf(server: Pick<Server, 'agentId'>): Host;
  close(): Promise<void>;
}

export interface SimulationOptions extends Pick<HostOptions, 'usageEveryMs'> {
  /** What each host is called. */
  readonly hosts: readonly string[];
}

export async function openSimulation({ hosts: names, ...options }: SimulationOptions): Promise<Simulation> {
  const directory = ownDirectory('simulation');
  const manager = await createManager(directory);
  await manager.start();
  const caller = createCaller(manager.url, await manager.secret('token', 'create', '--name', 'tester', '--role', 'owner'));
  const hosts: Host[] = [];
  for (const [at, name] of names.entries()) {
    const { token: joinToken } = await caller.call(contract.createJoinToken, {});
    const images = { [SAMPLE_IMAGE]: 180_000_000 };
    hosts.push(
      await openHost({ managerUrl: manager.url, joinToken, name, clock: systemClock, random: seeded(at + 1), images, ...options }),
    );
  }
  for (const { agentId } of hosts)
    await caller.untilAgent(agentId, 'the host online and looked at', (seen) => seen.online && seen.engine !== null);
  return {
    ...caller,
    ...createLogs([join(directory, 'manager.log')]),
    manager,
    hosts,
    hostOf({ agentId }) {
      const host = hosts.find((each) => each.agentId === agentId);
      if (!host) throw new Error(`No host is agent ${agentId}.`);
      return host;
    },
    async close() {
      caller.closeStreams();
      await Promise.all(hosts.map((host) => host.close()));
      await manager.kill();
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
