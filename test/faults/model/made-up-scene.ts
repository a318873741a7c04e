// Histories on made-up hosts: a manager in this process, and for each history a host of its own.

import type { ServerId } from '@mainstay/core/id';
import type { Host } from '@mainstay/sim/host';
import { sampleServer } from '../../e2e/harness/sample.ts';
import type { MadeUp } from '../made-up.ts';
import type { Scene } from './scene.ts';
import type { Deed, Mishap } from './script.ts';

let names = 0;
let ports = 0;

export function sceneOf(ground: MadeUp, host: Host): Scene {
  const { caller } = ground;
  const { outside } = host;
  const deed: { readonly [deed in Deed]: (containerId: string) => void } = {
    rm: (containerId) => outside.remove(containerId),
    stop: (containerId) => outside.stop(containerId),
    start: (containerId) => outside.start(containerId),
    kill: (containerId) => outside.kill(containerId),
    crash: (containerId) => outside.crash(containerId, 3),
    rename(containerId) {
      names += 1;
      outside.rename(containerId, `renamed-${names}`);
    },
  };
  const mishap: { readonly [mishap in Mishap]: () => void | Promise<void> } = {
    'link cut': () => host.cutLink(),
    'host silent': () => host.silenceLink(),
    'agent down': () => host.stop(),
    async 'agent killed'() {
      await host.stop();
      host.start();
    },
    'engine away': () => outside.engineAway('connect ECONNREFUSED /var/run/docker.sock'),
    'events lost'() {
      host.knobs.deaf = true;
    },
    'manager killed': () => ground.crashManager(),
  };
  return {
    caller,
    agentId: host.agentId,
    patienceMs: 40_000,
    ends: () => ground.ends,
    async wanted() {
      names += 1;
      ports += 1;
      // Made-up hosts hold made-up ports: any number is free there.
      const hostPort = 1024 + (ports % 60_000);
      const plain = await sampleServer({ name: `server-${names}`, agentId: host.agentId, ports: [] });
      return { ...plain, ports: [{ name: 'lobby', protocol: 'tcp', containerPort: 7777, hostPort }] };
    },
    keepsake: async ({ id }) => host.machine.data.worldOf(id),
    async body({ id, containerId }) {
      const found = outside.containersOf(id as ServerId).find((container) => container.id === containerId);
      return found === undefined ? 'absent' : found.state === 'running' || found.state === 'restarting' ? 'running' : 'not-running';
    },
    outside: async (what, containerId) => deed[what](containerId),
    befall: async (what) => mishap[what](),
    async heal() {
      host.knobs.behave();
      outside.engineAway(null);
      host.start();
    },
  };
}
