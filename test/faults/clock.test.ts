// Somebody sets a clock, the manager's or a host's, forward or back: what happens is noticed and done as before, and nothing
// that is kept for a time goes sooner.

import { lifetimesMs } from '@mainstay/manager/app/credentials';
import { contract } from '@mainstay/wire/contract';
import { afterAll, beforeAll, expect } from 'vitest';
import { createHost, type Host } from '../e2e/harness/host.ts';
import { type Installation, openInstallation } from '../e2e/harness/installation.ts';
import { freshName } from '../e2e/harness/sample.ts';
import { until } from '../e2e/harness/until.ts';
import { type ProgramClock, programClock, settable } from './clock/settable.ts';
import { groundOf, leaveKeepsake } from './installation-ground.ts';
import { Promised, untilAllHold } from './invariants.ts';
import { hastened, openMadeUp } from './made-up.ts';
import { sceneOf } from './model/made-up-scene.ts';
import { type Figures, runHistories } from './model/run.ts';
import { scaled, scenario } from './scenario.ts';

const hour = 3_600_000;
const steps = [
  ['an hour forward', hour],
  ['an hour back', -hour],
  ['a year forward', 365 * 24 * hour],
] as const;

let mainstay: Installation;
let attic: Host;
let agentId: string;
const clocks: { readonly [whose in 'manager' | 'host']: ProgramClock } = { manager: programClock(), host: programClock() };
beforeAll(async () => {
  mainstay = await openInstallation({ settings: clocks.manager.settings });
  const joinToken = await mainstay.manager.secret('join-token', 'create');
  const name = freshName('attic');
  const { manager, directory } = mainstay;
  attic = createHost({ directory, name, managerUrl: manager.url, joinToken, settings: clocks.host.settings });
  attic.start();
  const joined = await until('the host joined', async () => {
    const { items } = await mainstay.call(contract.listAgents, {});
    return items.find((agent) => agent.name === name && agent.engine !== null);
  });
  agentId = joined?.id ?? '';
});
afterAll(async () => {
  await attic.kill();
  await mainstay.close();
});

/** How far the manager's clock is ahead of this machine's: a token that it gives out is good for as long as ever. */
async function managerAhead(): Promise<number> {
  const { expiresAt } = await mainstay.call(contract.createJoinToken, {});
  return expiresAt - Date.now() - lifetimesMs.join;
}

/** Resolves once the program lives by its clock as it was set. */
async function untilSet(whose: 'manager' | 'host', aheadMs: number): Promise<void> {
  const isSo = (ahead: number | null) => ahead !== null && Math.abs(ahead - aheadMs) < 60_000;
  if (whose === 'manager') await until('the manager’s clock as it was set', managerAhead, isSo);
  else await mainstay.untilAgent(agentId, 'the host’s clock as it was set', ({ clockSkewMs }) => isSo(clockSkewMs));
}

const cases = (['manager', 'host'] as const).flatMap((whose) => steps.map(([how, aheadMs]) => ({ whose, how, aheadMs })));

for (const { whose, how, aheadMs } of scaled({ short: cases.slice(1, 2), all: cases })) {
  scenario(
    {
      kind: 'clock',
      done: `the ${whose}’s clock set ${how} under a running server, and back again`,
      promised: 'what happens is noticed and done as before; a deleted server and what is in the trash stay',
    },
    async ({ settling, watch }) => {
      watch(mainstay);
      const promised = new Promised();
      const ground = groundOf(mainstay, { hosts: [attic] });
      const [server, deleted, purged] = [
        await mainstay.create({ agentId: agentId as never }),
        await mainstay.create({ agentId: agentId as never }),
        await mainstay.create({ agentId: agentId as never }),
      ];
      for (const kept of [server, deleted]) promised.keep(kept, leaveKeepsake(attic, kept));
      for (const going of [deleted, purged]) await mainstay.carryOut('delete', going);
      await mainstay.carryOut('purge', purged, { removeData: true, confirmName: purged.name });
      const everyday = async () => {
        await settling(async () => {
          await mainstay.outside.remove((await mainstay.server(server.id)).containerId ?? '');
          await mainstay.untilState(server.id, 'missing');
        });
        for (const what of ['start', 'restart', 'stop', 'start'] as const) promised.acknowledge(await mainstay.carryOut(what, server));
        expect(await mainstay.server(deleted.id)).toMatchObject({ state: 'deleted' });
        const { items } = await mainstay.call(contract.getTrash, { params: { agentId } });
        expect(items.map(({ serverId }) => serverId)).toContain(purged.id);
        await untilAllHold(ground, promised);
      };
      for (const ahead of [aheadMs, 0]) {
        clocks[whose].set(ahead);
        await untilSet(whose, ahead);
        await everyday();
      }
      await mainstay.carryOut('restore', deleted);
      await mainstay.carryOut('start', deleted);
      await untilAllHold(ground, promised);
    },
  );
}

for (const whose of ['manager', 'hosts'] as const) {
  const each = scaled({ short: 3, all: 50 });
  const scenes = 8;
  scenario(
    {
      kind: 'clock',
      done: `${each * scenes} random histories while the clock of the ${whose} is set an hour forward, an hour back and a year forward, again and again`,
      promised: 'each step comes to what the lifecycle’s tables say, and all that must hold does in the end',
      limitMs: 10 * 60_000,
    },
    async ({ found, settled }) => {
      const time = hastened(20);
      const set = settable(time);
      const ground = await openMadeUp(whose === 'manager' ? { clock: set, hostClock: time } : { clock: time, hostClock: set });
      const figures: Figures = { played: 0, steps: 0, settledMs: 0 };
      let turns = 0;
      const setting = setInterval(() => {
        turns += 1;
        set.set([0, ...steps.map(([, aheadMs]) => aheadMs)][turns % (steps.length + 1)] ?? 0);
      }, 700);
      try {
        for (let at = 0; at < scenes; at += 1) await ground.addHost(`host-${at}`);
        const on = { on: 'made-up hosts', ground, scenes: ground.hosts.map((host) => sceneOf(ground, host)) } as const;
        await runHistories({ ...on, each, drawing: { steps: { min: 2, max: 8 } }, seed: Date.now() % 2 ** 31 }, figures);
      } finally {
        clearInterval(setting);
        await ground.close();
      }
      settled(figures.settledMs);
      found(`the clock was set ${turns} times`);
    },
  );
}
