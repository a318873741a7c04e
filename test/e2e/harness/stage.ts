// A stage for the suite that every kind of host must pass: a Mainstay with one host, and what somebody does there behind
// its back. One is the real agent on the real engine, the other a simulated host.

import { once } from 'node:events';
import { renameSync } from 'node:fs';
import { createServer } from 'node:net';
import type { CreateServerInput, Server } from '@mainstay/wire/servers';
import { SAMPLE_IMAGE } from '../../../tools/sample-image.ts';
import type { Caller } from './caller.ts';
import { openEngineProxy } from './engine-proxy.ts';
import { openInstallation } from './installation.ts';
import type { Logs } from './logs.ts';
import { sampleServer, worldOf } from './sample.ts';
import { openSimulation } from './simulation.ts';
import { until } from './until.ts';

/** A container as somebody on the host sees it. */
export interface SeenContainer {
  readonly id: string;
  readonly name: string;
  readonly runs: boolean;
}

type Does = (server: Pick<Server, 'name'>) => Promise<unknown>;

export interface Stage extends Caller, Logs {
  /** Creates a sample server and waits until it stands as it should. */
  create(wanted?: Partial<CreateServerInput>): Promise<Server>;
  readonly agentId: string;
  /** `docker rm -f`, and so on. */
  readonly outside: { readonly remove: Does; readonly stop: Does; readonly start: Does; readonly kill: Does };
  /** Every container with a server's label. */
  containersOf(server: Pick<Server, 'id'>): Promise<SeenContainer[]>;
  /** The id of a server's world, once it is written; the same for as long as it is the same world. */
  worldOf(server: Pick<Server, 'id'>): Promise<string>;
  /** Moves a server's data away. @returns how to put it back */
  loseData(server: Pick<Server, 'id'>): () => void;
  /** Somebody else takes a port. @returns how to let it go */
  holdPort(hostPort: number): Promise<() => void>;
  /** Somebody else's container takes a name. @returns how to remove it */
  holdName(name: string): Promise<() => Promise<unknown>>;
  /** The engine does not answer the agent. @returns how to have it answer again */
  engineAway(): Promise<() => Promise<void>>;
  /** Another engine answers the agent, with this id and without a container. @returns how to have the own one back */
  exchangeEngine(engineId: string): () => void;
  /** Ends the agent. @returns how to start it again */
  agentAway(): Promise<() => Promise<unknown>>;
  close(): Promise<void>;
}

/** The real agent, on this machine's engine. */
export async function openRealStage(): Promise<Stage> {
  const engine = await openEngineProxy();
  const mainstay = await openInstallation({ dockerHost: engine.address });
  const { host, outside } = mainstay;
  const { id: agentId } = await mainstay.agent();
  return {
    ...mainstay,
    agentId,
    outside: {
      remove: ({ name }) => outside.remove(name),
      stop: ({ name }) => outside.stop(name),
      start: ({ name }) => outside.start(name),
      kill: ({ name }) => outside.kill(name),
    },
    async containersOf({ id }) {
      const containers = await outside.containersOf(id);
      return containers.map(({ Id, Names, State }) => ({ id: Id, name: Names[0]?.slice(1) ?? '', runs: State === 'running' }));
    },
    worldOf: (server) => until('the world on the disk', () => worldOf(host, server).id),
    loseData({ id }) {
      const [data, aside] = [host.dataOf(id), `${host.dataOf(id)}.aside`];
      renameSync(data, aside);
      return () => renameSync(aside, data);
    },
    async holdPort(hostPort) {
      const holder = createServer().listen(hostPort, '0.0.0.0');
      await once(holder, 'listening');
      return () => void holder.close();
    },
    async holdName(name) {
      const { id } = await outside.docker.createContainer({ name, Image: SAMPLE_IMAGE });
      return () => outside.remove(id);
    },
    async engineAway() {
      engine.refuse();
      return () => engine.behave();
    },
    exchangeEngine(engineId) {
      engine.pretend(engineId);
      return () => engine.pretend(null);
    },
    async agentAway() {
      await host.stop();
      await mainstay.untilAway();
      return async () => {
        host.start();
        await mainstay.untilOnline();
      };
    },
    async close() {
      await mainstay.close();
      engine.close();
    },
  };
}

/** A simulated host. */
export async function openSimulatedStage(): Promise<Stage> {
  const simulation = await openSimulation({ hosts: ['host'], usageEveryMs: null });
  const [host] = simulation.hosts;
  if (!host) throw new Error('The simulation has no host.');
  const { agentId, outside, machine } = host;
  const untilOnline = (online: boolean) =>
    simulation.untilAgent(agentId, online ? 'the host online' : 'the host away', (seen) => seen.online === online);
  return {
    ...simulation,
    agentId,
    outside: {
      remove: async ({ name }) => outside.remove(name),
      stop: async ({ name }) => outside.stop(name),
      start: async ({ name }) => outside.start(name),
      kill: async ({ name }) => outside.kill(name),
    },
    create: async (wanted) => simulation.createAs(await sampleServer(wanted)),
    async containersOf({ id: serverId }) {
      const containers = outside.containersOf(serverId);
      return containers.map(({ id, name, state }) => ({ id, name, runs: state === 'running' }));
    },
    worldOf: ({ id }) => until('the world', () => machine.data.worldOf(id) ?? Promise.reject(new Error('There is no world.'))),
    loseData({ id }) {
      outside.loseData(id);
      return () => outside.putDataBack(id);
    },
    async holdPort(hostPort) {
      const port = { protocol: 'tcp', hostPort } as const;
      outside.holdPort(port, 'process 312 (nginx)');
      return () => outside.holdPort(port, null);
    },
    async holdName(name) {
      outside.run(name, []);
      return async () => outside.remove(name);
    },
    async engineAway() {
      outside.engineAway('connect ECONNREFUSED /var/run/docker.sock');
      return async () => outside.engineAway(null);
    },
    exchangeEngine(engineId) {
      outside.exchangeEngine(engineId);
      return () => outside.exchangeEngine(null);
    },
    async agentAway() {
      await host.stop();
      await untilOnline(false);
      return async () => {
        host.start();
        await untilOnline(true);
      };
    },
  };
}
