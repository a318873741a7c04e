// How much disk a directory takes, as `du` counts: blocks in use, a file with several names once, links not followed.
// Only so many looks at a time, so that a world of a million files does not starve the rest of the agent.
//
// A counter remembers: a directory in which nothing came or went is not listed again, and of its files only those are looked at
// that were written lately. A file may grow in place without its directory changing, so everything is looked at again once a day.

import type { BigIntStats } from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from './clock.ts';
import { errorCode } from './durable.ts';

/** st_blocks counts in these, whatever the file system's own block is. */
const blockBytes = 512;
/** A file that was not written for so long is not expected to be written soon. */
const restingMs = 7 * 24 * 60 * 60 * 1000;
/** Everything is looked at again after so long. */
const anewMs = 24 * 60 * 60 * 1000;
/** Times of files are coarse: what changed so shortly before it was listed may have changed again since. */
const coarseMs = 3_000;

/** One directory as it was looked at last, its own files only. */
interface Known {
  readonly mtimeNs: bigint;
  readonly inode: bigint;
  /** When it was listed, ms UTC. */
  readonly listedAt: number;
  readonly directories: readonly string[];
  /** Files that are looked at each time. */
  readonly lively: readonly string[];
  /** What the others take together. */
  readonly restingBytes: number;
  /** Those of the others that have several names: their identity, and what they take. */
  readonly shared: readonly (readonly [string, number])[];
}

export interface Counted {
  readonly bytes: number;
  /** How many directories had to be listed. */
  readonly listed: number;
}

export interface DiskCounter {
  /** @throws the signal's reason when it aborts; the file system's error, but for what vanishes while it is counted */
  count(directory: string, signal: AbortSignal): Promise<Counted>;
  /** Forgets every directory but these. */
  keepOnly(directories: readonly string[]): void;
}

/** @param looksAtOnce few, for counting that nobody waits for */
export function createDiskCounter(clock: Pick<Clock, 'now'>, looksAtOnce: number): DiskCounter {
  let remembered = new Map<string, ReadonlyMap<string, Known>>();
  return {
    async count(directory, signal) {
      const before = remembered.get(directory) ?? new Map<string, Known>();
      const known = new Map<string, Known>();
      try {
        const counted = await countAll(directory, before, known, clock.now(), looksAtOnce, signal);
        remembered.set(directory, known);
        return counted;
      } catch (error) {
        // What was counted until then need not be counted again.
        remembered.set(directory, new Map([...before, ...known]));
        throw error;
      }
    },
    keepOnly(directories) {
      remembered = new Map(directories.flatMap((each) => (remembered.has(each) ? [[each, remembered.get(each) ?? new Map()]] : [])));
    },
  };
}

/** Counts once, remembering nothing, as quickly as it goes. */
export async function diskBytes(directory: string, signal: AbortSignal): Promise<number> {
  return (await countAll(directory, new Map(), new Map(), 0, 16, signal)).bytes;
}

/** @param known takes each directory as it was counted */
async function countAll(
  top: string,
  before: ReadonlyMap<string, Known>,
  known: Map<string, Known>,
  now: number,
  looksAtOnce: number,
  signal: AbortSignal,
): Promise<Counted> {
  const counted = new Set<string>();
  const waiting: string[] = [top];
  let bytes = 0;
  let listed = 0;

  const addShared = (identity: string, size: number) => {
    if (counted.has(identity)) return;
    counted.add(identity);
    bytes += size;
  };
  const add = (stats: BigIntStats) => {
    if (stats.nlink > 1n) addShared(identityOf(stats), sizeOf(stats));
    else bytes += sizeOf(stats);
  };
  const countIn = async (path: string) => {
    signal.throwIfAborted();
    const own = await lstat(path, { bigint: true });
    bytes += sizeOf(own);
    const earlier = before.get(path);
    const same = earlier !== undefined && earlier.mtimeNs === own.mtimeNs && earlier.inode === own.ino && now - earlier.listedAt < anewMs;
    if (!same) listed += 1;
    const { directories, files } = same ? { directories: earlier.directories, files: earlier.lively } : await list(path, signal);

    let restingBytes = same ? earlier.restingBytes : 0;
    const shared = same ? [...earlier.shared] : [];
    const lively: string[] = [];
    if (same) {
      bytes += earlier.restingBytes;
      for (const [identity, size] of earlier.shared) addShared(identity, size);
    }
    for (const name of files) {
      signal.throwIfAborted();
      const stats = await lstat(join(path, name), { bigint: true }).catch(nullWhenGone);
      if (stats === null) continue;
      add(stats);
      if (now - Number(stats.ctimeMs) < restingMs) lively.push(name);
      else if (stats.nlink > 1n) shared.push([identityOf(stats), sizeOf(stats)]);
      else restingBytes += sizeOf(stats);
    }
    if (now - Number(own.mtimeMs) > coarseMs) {
      const listedAt = same ? earlier.listedAt : now;
      known.set(path, { mtimeNs: own.mtimeNs, inode: own.ino, listedAt, directories, lively, restingBytes, shared });
    }
    for (const name of directories) waiting.push(join(path, name));
  };
  const work = async () => {
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      await countIn(path).catch((error: unknown) => {
        if (errorCode(error) === 'ENOENT') return;
        // The other workers end too.
        waiting.length = 0;
        throw error;
      });
    }
  };
  // Workers end when nothing waits; a round that found more directories is followed by another.
  while (waiting.length > 0) {
    const ends = await Promise.allSettled(Array.from({ length: looksAtOnce }, work));
    const broken = ends.find((end) => end.status === 'rejected');
    if (broken) throw broken.reason;
  }
  return { bytes, listed };
}

async function list(path: string, signal: AbortSignal): Promise<{ directories: string[]; files: string[] }> {
  const directories: string[] = [];
  const files: string[] = [];
  for await (const entry of await opendir(path)) {
    signal.throwIfAborted();
    (entry.isDirectory() ? directories : files).push(entry.name);
  }
  return { directories, files };
}

const sizeOf = (stats: BigIntStats): number => Number(stats.blocks) * blockBytes;
const identityOf = (stats: BigIntStats): string => `${stats.dev}:${stats.ino}`;

function nullWhenGone(error: unknown): null {
  if (errorCode(error) === 'ENOENT') return null;
  throw error;
}
