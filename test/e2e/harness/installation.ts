// One whole Mainstay for a test: a manager, a host, somebody with a token, and somebody behind its back. Everything is
// real; what it made is gone when it is closed, whatever happened before.

import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Agent } from '@mainstay/wire/agents';
import { contract } from '@mainstay/wire/contract';
import type { CreateServerInput, Server } from '@mainstay/wire/servers';
import { type Caller, createCaller } from './caller.ts';
import { createHost, type Host } from './host.ts';
import { mountedBelow, note, ownDirectory } from './ledger.ts';
import { createLogs, type Logs } from './logs.ts';
import { createManager, type Manager } from './manager.ts';
import { createOutside, type Outside } from './outside.ts';
import type { Settings } from './program.ts';
import { sampleServer } from './sample.ts';
import { until } from './until.ts';

export interface Installation extends Caller, Logs {
  readonly directory: string;
  /** Its id, as on its containers' labels. */
  readonly id: string;
  readonly manager: Manager;
  readonly host: Host;
  readonly outside: Outside;
  /** The agent of `host`, as the API shows it. */
  agent(): Promise<Agent>;
  /** Waits until the host is online and its servers were looked at. */
  untilOnline(): Promise<Agent>;
  /** Waits until the manager knows that the host is away. */
  untilAway(): Promise<Agent>;
  /** Creates a sample server, on its host unless another is named, and waits until it stands as it should. */
  create(wanted?: Partial<CreateServerInput>): Promise<Server>;
  /** Has another host join: an agent of its own on this machine's engine. @returns it, online, with its agent's id */
  addHost(name: string, dockerHost?: string): Promise<{ readonly host: Host; readonly agentId: string }>;
  /** Ends its programs and removes its containers and directories. */
  close(): Promise<void>;
}

export interface InstallationOptions {
  /** DOCKER_HOST of its host; left out: this machine's engine. */
  readonly dockerHost?: string;
  /** That engine, reached from outside; left out: this machine's. */
  readonly outside?: Outside;
  /** What its host is called. */
  readonly hostName?: string;
  /** What its host dials in the manager's place. */
  readonly link?: (managerUrl: string) => Promise<string>;
  /** Settings of its manager. */
  readonly settings?: Settings;
  /** Done in its directory before anything is started there: its manager’s home will be in `manager`, its host’s in what that is called. */
  readonly prepare?: (directory: string) => Promise<unknown>;
}

export async function openInstallation({
  dockerHost,
  outside = createOutside(),
  hostName = 'host',
  link,
  settings,
  prepare,
}: InstallationOptions = {}): Promise<Installation> {
  const directory = ownDirectory('installation');
  await prepare?.(directory);
  const manager = await createManager(directory, settings);
  await manager.start();
  const [token, joinToken] = await Promise.all([
    manager.secret('token', 'create', '--name', 'tester', '--role', 'owner'),
    manager.secret('join-token', 'create'),
  ]);
  const host = createHost({
    directory,
    name: hostName,
    managerUrl: (await link?.(manager.url)) ?? manager.url,
    joinToken,
    ...(dockerHost === undefined ? {} : { dockerHost }),
  });
  host.start();
  const identity = await until('the agent’s identity', () => identityOf(host));
  note('installations', identity.installationId);

  const caller = createCaller(manager.url, token);
  const further: Host[] = [];
  const installation: Installation = {
    ...caller,
    ...createLogs([join(directory, 'manager.log'), join(directory, `${host.name}.log`)]),
    directory,
    id: identity.installationId,
    manager,
    host,
    outside,
    agent: () => caller.call(contract.getAgent, { params: { agentId: identity.agentId } }),
    untilOnline: () => caller.untilAgent(identity.agentId, 'the host online and looked at', (seen) => seen.online && seen.engine !== null),
    untilAway: () => caller.untilAgent(identity.agentId, 'the host away', (seen) => !seen.online),
    create: async (wanted) => caller.createAs(await sampleServer({ agentId: identity.agentId, ...wanted })),
    async addHost(name, dockerHost) {
      const added = createHost({
        directory,
        name,
        managerUrl: manager.url,
        joinToken: await manager.secret('join-token', 'create'),
        ...(dockerHost === undefined ? {} : { dockerHost }),
      });
      further.push(added);
      added.start();
      const { agentId } = await until('the agent’s identity', () => identityOf(added));
      await caller.untilAgent(agentId, 'the host online and looked at', (seen) => seen.online && seen.engine !== null);
      return { host: added, agentId };
    },
    async close() {
      caller.closeStreams();
      await Promise.all([manager.kill(), host.kill(), ...further.map((each) => each.kill())]);
      const containers = await outside.containersOfInstallation(identity.installationId);
      await Promise.all(containers.map(({ Id }) => outside.remove(Id).catch(ifGone)));
      for (const place of mountedBelow(directory)) execFileSync('umount', [place]);
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  await installation.untilOnline();
  return installation;
}

/** Who its agent is, once it has joined. */
export function identityOf(host: Host): { installationId: string; agentId: string } {
  return JSON.parse(readFileSync(join(host.home, 'identity.json'), 'utf8')) as { installationId: string; agentId: string };
}

/** For `catch`: the container went by itself. */
function ifGone(error: unknown): void {
  const { statusCode } = error as { statusCode?: number };
  if (statusCode !== 404 && statusCode !== 409) throw error;
}
