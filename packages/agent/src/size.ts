// How much disk a directory takes, as `du` counts: blocks in use, a file with several names once, links not followed.
// Only so many looks at a time, so that a world of a million files does not starve the rest of the agent.

import type { BigIntStats } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from './durable.ts';

const looksAtOnce = 16;
/** st_blocks counts in these, whatever the file system's own block is. */
const blockBytes = 512;

/** @throws the signal's reason when it aborts; the file system's error, but for what vanishes while it is counted */
export async function diskBytes(directory: string, signal: AbortSignal): Promise<number> {
  const counted = new Set<string>();
  const waiting: string[] = [directory];
  let bytes = 0;

  const count = (stats: BigIntStats) => {
    if (stats.nlink > 1n && !stats.isDirectory()) {
      const identity = `${stats.dev}:${stats.ino}`;
      if (counted.has(identity)) return;
      counted.add(identity);
    }
    bytes += Number(stats.blocks) * blockBytes;
  };
  const countIn = async (path: string) => {
    for await (const entry of await opendir(path)) {
      signal.throwIfAborted();
      const inside = join(path, entry.name);
      if (entry.isDirectory()) waiting.push(inside);
      else count(await lstat(inside, { bigint: true }));
    }
    count(await lstat(path, { bigint: true }));
  };
  const work = async () => {
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      await countIn(path).catch((error: unknown) => {
        if (errorCode(error) !== 'ENOENT') throw error;
      });
    }
  };
  // Workers end when nothing waits; a round that found more directories is followed by another.
  while (waiting.length > 0) await Promise.all(Array.from({ length: looksAtOnce }, work));
  return bytes;
}
