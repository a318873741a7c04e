// What a host with many servers costs to look at and settle, and a change to tell to many readers.

import { createClient } from '@mainstay/wire/client';
import { contract } from '@mainstay/wire/contract';
import { timed } from './harness/alternate.ts';
import { drinkChanges } from './harness/changes.ts';
import { figuresOf, type Point } from './harness/figures.ts';
import type { Measure } from './harness/measure.ts';
import { openShoal } from './harness/shoal.ts';

const sizes = [10, 100, 1_000, 10_000];
const readers = [10, 100, 1_000];
const samples = 10;

export const settleGrowth: Measure = {
  name: 'settle-growth',
  title: 'Settling a host’s servers, and telling a change, as they grow in number',
  async take({ say }) {
    const settled: Point[] = [];
    for (const size of sizes) {
      settled.push({ size, cost: await settling(size) });
      say(`  ${size} servers`);
    }
    const told: Point[] = [];
    for (const size of readers) told.push({ size, cost: await telling(size) });
    return {
      findings: [],
      growths: [
        { what: 'a host’s full sync', of: 'servers on it', unit: 'ms', points: settled },
        { what: 'a change told to all readers', of: 'open streams', unit: 'ms', points: told },
      ],
    };
  },
};

async function settling(servers: number): Promise<number> {
  const shoal = await openShoal({ hosts: 1, servers });
  try {
    const call = createClient({ baseUrl: shoal.manager.url, token: shoal.token });
    const agentId = shoal.hosts[0]?.agentId ?? '';
    const took: number[] = [];
    for (let sample = 0; sample <= samples; sample += 1) took.push(await timed(() => call(contract.syncAgent, { params: { agentId } })));
    return figuresOf(took.slice(1)).p50;
  } finally {
    await shoal.close();
  }
}

/** @returns from the change until the last reader has all of it, ms */
async function telling(streams: number): Promise<number> {
  const shoal = await openShoal({ hosts: 1, servers: 10 });
  const drinking = await drinkChanges(shoal.manager.url, shoal.token, streams);
  try {
    const [{ host, containerId } = {}] = shoal.members;
    if (!host || !containerId) throw new Error('There is no server.');
    const took: number[] = [];
    for (let sample = 0; sample <= samples; sample += 1) {
      took.push(
        await timed(() => {
          const told = drinking.next();
          if (sample % 2 === 0) host.outside.stop(containerId);
          else host.outside.start(containerId);
          return told;
        }),
      );
    }
    return figuresOf(took.slice(1)).p50;
  } finally {
    drinking.close();
    await shoal.close();
  }
}
