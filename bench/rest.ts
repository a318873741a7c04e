// Manager and agent with twenty servers and nothing to do: the memory that they take together.

import { setTimeout as pause } from 'node:timers/promises';
import { figuresOf } from './harness/figures.ts';
import type { Measure } from './harness/measure.ts';
import { busyPercents, residentMb } from './harness/processes.ts';
import { openRealHost } from './harness/real.ts';

const calmMs = 15_000;

export const rest: Measure = {
  name: 'rest',
  title: 'Manager and agent at rest, twenty servers',
  async take() {
    const mainstay = await openRealHost(4, 16);
    try {
      await pause(calmMs);
      const pids = { manager: mainstay.manager.pid, agent: mainstay.host.pid };
      const busy = await busyPercents(pids.manager, 3, 5_000);
      const [manager, agent] = [residentMb(pids.manager), residentMb(pids.agent)];
      const one = (what: string, value: number) => ({ what, unit: 'MB' as const, figures: figuresOf([value]), baseline: null, goals: [] });
      return {
        findings: [
          { ...one('RSS together', manager + agent), goals: [{ of: 'most', atMost: 170 }] },
          one('… of the manager', manager),
          one('… of the agent', agent),
          { what: 'the manager’s processor', unit: '% of a core', figures: figuresOf(busy), baseline: null, goals: [] },
        ],
      };
    } finally {
      await mainstay.close();
    }
  },
};
