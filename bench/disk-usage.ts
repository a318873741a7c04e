// What a world of 200,000 files takes of the disk: counted for the first time, and again when little changed. Beside it `du -s`; and
// what the counting does to who asks the agent for something else meanwhile.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '@mainstay/agent/clock';
import { createMeasuring } from '@mainstay/agent/measuring';
import { newServerId, openHost } from '../packages/agent/test/host.ts';
import { alternate, timed } from './harness/alternate.ts';
import { figuresOf } from './harness/figures.ts';
import { fill } from './harness/files.ts';
import type { Measure } from './harness/measure.ts';

const files = 200_000;
const rounds = 5;
const tenDaysMs = 10 * 24 * 60 * 60 * 1000;
const run = promisify(execFile);
const quiet = new AbortController().signal;

export const diskUsage: Measure = {
  name: 'disk-usage',
  title: 'Disk usage of 200,000 files',
  async take() {
    const host = await openHost();
    try {
      const serverId = newServerId();
      await host.data.guard(serverId, { volumes: ['world'], make: true, allowEmptyData: false });
      const world = host.data.volumePath(serverId, 'world');
      await fill(world, files, 100);
      const du = () => timed(() => run('du', ['-s', world]));
      // A counter of its own each time remembers nothing.
      const cold = await alternate(rounds, () => timed(() => createMeasuring(host.root, host.data, systemClock)([serverId], quiet)), du);
      // As it is ten days later, when most of a world rests.
      const later = createMeasuring(host.root, host.data, { ...systemClock, now: () => Date.now() + tenDaysMs });
      await later([serverId], quiet);
      const again = async () => {
        for (let at = 0; at < 10; at += 1) await writeFile(join(world, 'region', String(at), 'r.1.mca'), `changed ${Math.random()}`);
        return timed(() => later([serverId], quiet));
      };
      const warm = await alternate(rounds, again, du);
      const [alone, beside] = [await looks(host, quiet), await looksBeside(host, serverId)];
      return {
        findings: [
          {
            what: 'for the first time',
            unit: 'ms',
            figures: cold.measured,
            baseline: { what: '`du -s`', figures: cold.baseline },
            goals: [{ of: 'ratio', atMost: 1.2 }],
          },
          {
            what: 'again, ten files of a world that is ten days old changed',
            unit: 'ms',
            figures: warm.measured,
            baseline: { what: '`du -s`', figures: warm.baseline },
            goals: [{ of: 'ratio', atMost: 0.2 }],
          },
          {
            what: 'p99 of a look at a server while it counts',
            unit: 'ms',
            figures: figuresOf([figuresOf(beside).p99]),
            baseline: { what: 'p99 of a look while it does not', figures: figuresOf([figuresOf(alone).p99]) },
            goals: [{ of: 'ratio', atMost: 2 }],
          },
        ],
      };
    } finally {
      await host.close();
    }
  },
};

type Host = Awaited<ReturnType<typeof openHost>>;

/** Asks for one thing after the other until `done` aborts, or a few hundred times. */
async function looks(host: Host, done: AbortSignal): Promise<number[]> {
  const took: number[] = [];
  const other = newServerId();
  for (let asked = 0; asked < 400 && !done.aborted; asked += 1) {
    took.push(await timed(() => host.looker.look([other], { data: true, exact: new Set() })));
  }
  return took;
}

async function looksBeside(host: Host, serverId: ReturnType<typeof newServerId>): Promise<number[]> {
  const counted = new AbortController();
  const counting = createMeasuring(host.root, host.data, systemClock)([serverId], quiet).finally(() => counted.abort());
  const took = await looks(host, counted.signal);
  await counting;
  return took;
}
