// Histories on the real engine: one manager, and for each history an agent of its own, with something between it and the
// manager, and between it and the engine, that can be made to fail.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Server } from '@mainstay/wire/servers';
import { type EngineProxy, openEngineProxy } from '../../e2e/harness/engine-proxy.ts';
import { createHost, type Host } from '../../e2e/harness/host.ts';
import { type Installation, openInstallation } from '../../e2e/harness/installation.ts';
import { type LinkProxy, openLinkProxy } from '../../e2e/harness/link-proxy.ts';
import { createLogs } from '../../e2e/harness/logs.ts';
import { freshName, sampleServer } from '../../e2e/harness/sample.ts';
import { until } from '../../e2e/harness/until.ts';
import { groundOf, leaveKeepsake } from '../installation-ground.ts';
import type { Ground } from '../seen.ts';
import type { Scene } from './scene.ts';
import type { Deed, Mishap } from './script.ts';

export interface RealStage {
  readonly mainstay: Installation;
  readonly ground: Ground;
  readonly scenes: readonly Scene[];
  logs(): string;
  close(): Promise<void>;
}

export async function openRealStage(count: number): Promise<RealStage> {
  const mainstay = await openInstallation();
  const { manager } = mainstay;
  const hosts: Host[] = [];
  const closing: (() => unknown)[] = [];
  const scenes: Scene[] = [];
  let ends = 0;
  let crashing: Promise<void> | null = null;
  const crash = async () => {
    ends += 1;
    await manager.kill();
    await manager.start();
  };
  const crashManager = () => {
    crashing ??= crash().finally(() => {
      crashing = null;
    });
    return crashing;
  };
  for (let at = 0; at < count; at += 1) {
    const name = freshName('host');
    const engine = await openEngineProxy();
    const link = await openLinkProxy(manager.url);
    const joinToken = await manager.secret('join-token', 'create');
    const host = createHost({ directory: mainstay.directory, name, managerUrl: link.url, joinToken, dockerHost: engine.address });
    hosts.push(host);
    closing.push(
      () => host.kill(),
      () => engine.close(),
      () => link.close(),
    );
    host.start();
    const agentId = await until('the agent’s identity', () => agentIdOf(host));
    await mainstay.untilAgent(agentId, 'the host online and looked at', (seen) => seen.online && seen.engine !== null);
    scenes.push(sceneOf(mainstay, { host, agentId, engine, link, ends: () => ends, crashManager }));
  }
  return {
    mainstay,
    ground: groundOf(mainstay, { hosts }),
    scenes,
    logs: () => createLogs(['manager', ...hosts.map(({ name }) => name)].map((name) => join(mainstay.directory, `${name}.log`))).logs(),
    async close() {
      for (const close of closing) await close();
      await mainstay.close();
    },
  };
}

interface Place {
  readonly host: Host;
  readonly agentId: string;
  readonly engine: EngineProxy;
  readonly link: LinkProxy;
  readonly ends: () => number;
  readonly crashManager: () => Promise<void>;
}

function sceneOf(mainstay: Installation, { host, agentId, engine, link, ends, crashManager }: Place): Scene {
  const { outside } = mainstay;
  const deed: { readonly [deed in Deed]: (containerId: string) => Promise<unknown> } = {
    rm: (containerId) => outside.remove(containerId),
    stop: (containerId) => outside.stop(containerId),
    start: (containerId) => outside.start(containerId),
    kill: (containerId) => outside.kill(containerId),
    rename: (containerId) => outside.rename(containerId, freshName('renamed')),
    async crash(containerId) {
      const { State } = await outside.inspect(containerId);
      if (State.Pid > 0) process.kill(State.Pid, 'SIGKILL');
    },
  };
  let down = false;
  const mishap: { readonly [mishap in Mishap]: () => unknown } = {
    'link cut': () => link.cut(),
    'host silent': () => host.freeze(),
    async 'agent down'() {
      down = true;
      await host.kill();
    },
    async 'agent killed'() {
      await host.kill();
      host.start();
      down = false;
    },
    'engine away': () => engine.refuse(),
    'events lost': () => engine.cutEvents(),
    'manager killed': crashManager,
  };
  return {
    caller: mainstay,
    agentId,
    patienceMs: 60_000,
    ends,
    wanted: () => sampleServer({ agentId: agentId as never }),
    async keepsake(server: Server) {
      return leaveKeepsake(host, server);
    },
    async body({ containerId }) {
      const found = containerId === null ? null : await outside.inspect(containerId).catch(ifGone);
      return found === null ? 'absent' : found.State.Running || found.State.Restarting ? 'running' : 'not-running';
    },
    outside: async (what, containerId) => void (await deed[what](containerId)),
    befall: async (what) => void (await mishap[what]()),
    async heal() {
      host.thaw();
      await engine.behave();
      if (down) host.start();
      down = false;
    },
  };
}

function agentIdOf(host: Host): string {
  return (JSON.parse(readFileSync(join(host.home, 'identity.json'), 'utf8')) as { agentId: string }).agentId;
}

/** For `catch`: it is not there. */
function ifGone(error: unknown): null {
  if ((error as { statusCode?: number }).statusCode === 404) return null;
  throw error;
}
