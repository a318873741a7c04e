// Counts what a directory takes, in a thread of its own: a look at a file that is at hand takes the kernel a microsecond, and a hop
// there and back from the agent's own thread twenty. Its priority is low, and should the disk hang, only it hangs.

import { type BigIntStats, lstatSync, opendirSync, type Stats } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { errorCode } from './durable.ts';

/** st_blocks counts in these, whatever the file system's own block is. */
const blockBytes = 512;
/** A file that was not written for so long is not expected to be written soon. */
const restingMs = 7 * 24 * 60 * 60 * 1000;
/** Everything is looked at again after so long. */
const anewMs = 24 * 60 * 60 * 1000;
/** Times of files are coarse: what changed so shortly before it was listed may have changed again since. */
const coarseMs = 3_000;
/** Of the kernel's -20 to 19. */
const politeness = 10;

/** One directory as it was looked at last, its own files only. */
export interface Known {
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

/** What the thread is asked, one at a time. */
export interface Task {
  readonly directory: string;
  readonly before: ReadonlyMap<string, Known>;
  /** ms UTC */
  readonly now: number;
  /** Its only number is not 0 once the counting is to end. */
  readonly ending: Int32Array;
}

/** What it answers. */
export interface Result {
  readonly bytes: number;
  /** How many directories had to be listed. */
  readonly listed: number;
  /** Each directory that was counted. */
  readonly known: ReadonlyMap<string, Known>;
  /** Why not all was counted: it was told to end, or the file system's error; null: all was. */
  readonly failure: 'ended' | Error | null;
}

class Count {
  bytes = 0;
  listed = 0;
  readonly known = new Map<string, Known>();
  readonly #task: Task;
  /** Files with several names that were counted. */
  readonly #counted = new Set<string>();

  constructor(task: Task) {
    this.#task = task;
  }

  /** @returns whether all of it was counted @throws the file system's error, but for what vanishes meanwhile */
  run(): boolean {
    const waiting = [this.#task.directory];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (Atomics.load(this.#task.ending, 0) !== 0) return false;
      try {
        for (const name of this.#countIn(path)) waiting.push(join(path, name));
      } catch (error) {
        if (errorCode(error) !== 'ENOENT') throw error;
      }
    }
    return true;
  }

  /** @returns the directories in it */
  #countIn(path: string): readonly string[] {
    const { before, now } = this.#task;
    const own = lstatSync(path, { bigint: true });
    this.bytes += Number(own.blocks) * blockBytes;
    const earlier = before.get(path);
    const same = earlier !== undefined && earlier.mtimeNs === own.mtimeNs && earlier.inode === own.ino && now - earlier.listedAt < anewMs;
    if (!same) this.listed += 1;
    const { directories, files } = same ? { directories: earlier.directories, files: earlier.lively } : list(path);

    let restingBytes = same ? earlier.restingBytes : 0;
    const shared = same ? [...earlier.shared] : [];
    const lively: string[] = [];
    if (same) {
      this.bytes += earlier.restingBytes;
      for (const [identity, size] of earlier.shared) this.#addShared(identity, size);
    }
    for (const name of files) {
      const file = join(path, name);
      const stats = lstatSync(file, { throwIfNoEntry: false });
      if (stats === undefined) continue;
      const size = stats.blocks * blockBytes;
      const rests = now - stats.ctimeMs >= restingMs;
      if (!rests) lively.push(name);
      const identity = stats.nlink > 1 ? identityOf(file, stats) : null;
      if (identity !== null) this.#addShared(identity, size);
      else this.bytes += size;
      if (rests && identity !== null) shared.push([identity, size]);
      else if (rests) restingBytes += size;
    }
    if (now - Number(own.mtimeMs) > coarseMs) {
      const listedAt = same ? earlier.listedAt : now;
      this.known.set(path, { mtimeNs: own.mtimeNs, inode: own.ino, listedAt, directories, lively, restingBytes, shared });
    }
    return directories;
  }

  #addShared(identity: string, size: number): void {
    if (this.#counted.has(identity)) return;
    this.#counted.add(identity);
    this.bytes += size;
  }
}

/** Numbers of files may be larger than a number holds exactly: where it counts which file it is, they are asked for whole. */
function identityOf(file: string, seen: Stats): string {
  const whole: BigIntStats | undefined = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return `${whole?.dev ?? seen.dev}:${whole?.ino ?? seen.ino}`;
}

function list(path: string): { readonly directories: string[]; readonly files: string[] } {
  const directories: string[] = [];
  const files: string[] = [];
  const opened = opendirSync(path, { bufferSize: 512 });
  try {
    for (let entry = opened.readSync(); entry !== null; entry = opened.readSync())
      (entry.isDirectory() ? directories : files).push(entry.name);
  } finally {
    opened.closeSync();
  }
  return { directories, files };
}

function count(task: Task): Result {
  const counting = new Count(task);
  const result = (failure: Result['failure']): Result => ({
    bytes: counting.bytes,
    listed: counting.listed,
    known: counting.known,
    failure,
  });
  try {
    return result(counting.run() ? null : 'ended');
  } catch (error) {
    return result(error as Error);
  }
}

// Linux gives each thread a priority of its own; where it may not be changed it stays.
try {
  setPriority(politeness);
} catch {}
parentPort?.on('message', (task: Task) => parentPort?.postMessage(count(task)));
