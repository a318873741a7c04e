// The manager killed and started again, with 1,000 servers on ten hosts: when its lists answer, when every state is confirmed, and
// whether a state was wrong meanwhile.

import { setTimeout as pause } from 'node:timers/promises';
import { figuresOf } from './harness/figures.ts';
import type { Measure } from './harness/measure.ts';
import { createAsker } from './harness/requests.ts';
import { openShoal, type Shoal } from './harness/shoal.ts';

const rounds = 5;

export const managerRestart: Measure = {
  name: 'manager-restart',
  title: 'The manager killed and started again, 1,000 servers on ten hosts',
  async take() {
    const shoal = await openShoal({ hosts: 10, servers: 100 });
    try {
      const [lists, states]: [number[], number[]] = [[], []];
      let wrong = 0;
      for (let round = 0; round < rounds; round += 1) {
        const seen = await restart(shoal);
        lists.push(seen.listMs);
        states.push(seen.statesMs);
        wrong += seen.wrong;
      }
      return {
        findings: [
          {
            what: 'from the start of the program to the first list',
            unit: 'ms',
            figures: figuresOf(lists),
            baseline: null,
            goals: [{ of: 'most', atMost: 1_500 }],
          },
          {
            what: 'from there to every state confirmed',
            unit: 'ms',
            figures: figuresOf(states),
            baseline: null,
            goals: [{ of: 'most', atMost: 2_000 }],
          },
          {
            what: 'wrong states shown meanwhile',
            unit: 'times',
            figures: figuresOf([wrong]),
            baseline: null,
            goals: [{ of: 'most', atMost: 0 }],
          },
        ],
      };
    } finally {
      await shoal.close();
    }
  },
};

async function restart(shoal: Shoal): Promise<{ readonly listMs: number; readonly statesMs: number; readonly wrong: number }> {
  const { manager, token } = shoal;
  await manager.kill();
  const began = performance.now();
  await manager.start();
  const asker = createAsker(manager.url, token, 1);
  try {
    await asker.get('/api/servers?limit=200');
    const listed = performance.now();
    const confirmed = new AbortController();
    const watching = countWrong(asker.read, confirmed.signal);
    await shoal.untilSeenSince(Date.now());
    const statesMs = performance.now() - listed;
    confirmed.abort();
    return { listMs: listed - began, statesMs, wrong: await watching };
  } finally {
    asker.close();
  }
}

/** All of them run, and nothing happened to any: whatever else is shown is wrong. */
async function countWrong(read: (path: string) => Promise<string>, until: AbortSignal): Promise<number> {
  let wrong = 0;
  while (!until.aborted) {
    const { counts } = JSON.parse(await read('/api/servers?limit=1')) as { counts: Record<string, number> };
    wrong += Object.entries(counts).reduce((sum, [state, count]) => sum + (state === 'running' ? 0 : count), 0);
    await pause(50);
  }
  return wrong;
}
