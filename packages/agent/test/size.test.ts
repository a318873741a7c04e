// Counting disk: as `du` counts it, and the second time only what may have changed.

import { execFile } from 'node:child_process';
import { appendFile, link, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDiskCounter } from '../src/size.ts';

const dayMs = 24 * 60 * 60 * 1000;
const quiet = new AbortController().signal;
let top: string;
let now: number;
const clock = { now: () => now };

/** As the machine's own program has it, in blocks as the file system gives them. */
const du = async () => {
  const { stdout } = await promisify(execFile)('du', ['--block-size=1', '--summarize', top]);
  return Number(stdout.split('\t')[0]);
};
/** Directories as old as this are believed to be as they were listed. */
const age = (...paths: string[]) => Promise.all(paths.map((path) => utimes(path, (now - dayMs) / 1000, (now - dayMs) / 1000)));

beforeEach(async () => {
  now = Date.now();
  top = await mkdtemp(join(tmpdir(), 'mainstay-size-'));
  for (const region of ['a', 'b']) {
    await mkdir(join(top, region));
    for (const file of ['1', '2']) await writeFile(join(top, region, file), Buffer.alloc(300_000, 1));
  }
  await link(join(top, 'a', '1'), join(top, 'b', 'another-name'));
  await symlink('/usr', join(top, 'leads-out'));
  await age(join(top, 'a'), join(top, 'b'), top);
});
afterEach(() => rm(top, { recursive: true, force: true }));

it('counts as du does, and lists what did not change only once', async () => {
  const counter = createDiskCounter(clock);
  expect(await counter.count(top, quiet)).toEqual({ bytes: await du(), listed: 3 });
  expect(await counter.count(top, quiet)).toEqual({ bytes: await du(), listed: 0 });

  await writeFile(join(top, 'b', 'new'), Buffer.alloc(500_000, 1));
  const { bytes, listed } = await counter.count(top, quiet);
  expect({ bytes, listed }).toEqual({ bytes: await du(), listed: 1 });

  await rm(join(top, 'b'), { recursive: true });
  expect((await counter.count(top, quiet)).bytes).toBe(await du());
});

it('sees a file that grows in place, though its directory did not change', async () => {
  const counter = createDiskCounter(clock);
  await counter.count(top, quiet);
  await appendFile(join(top, 'a', '2'), Buffer.alloc(800_000, 1));
  expect(await counter.count(top, quiet)).toEqual({ bytes: await du(), listed: 0 });
});

it('leaves files alone that were not written for a week, but for once a day', async () => {
  now += 8 * dayMs;
  const counter = createDiskCounter(clock);
  const first = await counter.count(top, quiet);
  await appendFile(join(top, 'a', '2'), Buffer.alloc(800_000, 1));
  expect(await counter.count(top, quiet)).toEqual({ bytes: first.bytes, listed: 0 });
  now += dayMs + 1;
  expect(await counter.count(top, quiet)).toEqual({ bytes: await du(), listed: 3 });
});

it('forgets what it is told to forget', async () => {
  const counter = createDiskCounter(clock);
  await counter.count(top, quiet);
  counter.keepOnly([]);
  expect((await counter.count(top, quiet)).listed).toBe(3);
});

it('ends when it is told to', async () => {
  await expect(createDiskCounter(clock).count(top, AbortSignal.abort())).rejects.toThrow();
});
