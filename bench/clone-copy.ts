// A clone's copy of 2 GiB in 20,000 files on one host, as the agent makes it: whole, synced, put into its place. Beside it `cp -a`
// with the one `sync` that makes it as safe.

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { OperationId } from '@mainstay/core/id';
import { newServerId, openHost } from '../packages/agent/test/host.ts';
import { compared, timed } from './harness/alternate.ts';
import { figuresOf } from './harness/figures.ts';
import { fill } from './harness/files.ts';
import type { Measure } from './harness/measure.ts';
import { residentMb } from './harness/processes.ts';

const files = 20_000;
const bytes = 2 * 1024 ** 3;
const rounds = 2;

const run = promisify(execFile);

export const cloneCopy: Measure = {
  name: 'clone-copy',
  title: 'A clone’s copy of 2 GiB in 20,000 files, on one host',
  async take({ say }) {
    const host = await openHost();
    try {
      const from = newServerId();
      await host.data.guard(from, { volumes: ['world'], make: true, allowEmptyData: false });
      await fill(host.data.volumePath(from, 'world'), files, bytes / files);
      await run('sync', ['-f', host.dataRoot]);
      say('  the world is made');
      const grown: number[] = [];
      const ours = async () => {
        const clone = newServerId();
        const before = residentMb(process.pid);
        const took = await timed(() =>
          host.do(clone, { action: 'ensure-copied', from, operationId: randomUUID() as OperationId, remote: false, live: false, bytes }),
        );
        say(`  copied in ${Math.round(took)} ms`);
        grown.push(residentMb(process.pid) - before);
        await forget(host.data.directory(clone));
        return took;
      };
      const bare = async () => {
        const copy = join(host.dataRoot, 'bare');
        const took = await timed(async () => {
          await run('cp', ['-a', host.data.directory(from), copy]);
          await run('sync', ['-f', copy]);
        });
        say(`  cp -a in ${Math.round(took)} ms`);
        await forget(copy);
        return took;
      };
      return {
        findings: [
          await compared(rounds, {
            what: 'the copy, synced and in its place',
            ours,
            baseline: '`cp -a`, then `sync -f`',
            bare,
            atMost: 1.15,
          }),
          {
            what: 'memory that it took and kept',
            unit: 'MB',
            figures: figuresOf(grown.slice(1)),
            baseline: null,
            goals: [{ of: 'most', atMost: 50 }],
          },
        ],
      };
    } finally {
      await host.close();
    }
  },
};

/** Its blocks are free on the disk, too, before the next is timed. */
async function forget(directory: string): Promise<void> {
  await rm(directory, { recursive: true });
  await run('sync', ['-f', join(directory, '..')]);
}
