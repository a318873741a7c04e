// How much disk a directory takes, as `du` counts: blocks in use, a file with several names once, links not followed. Counted in a
// thread of its own, one directory after the other.
//
// A counter remembers: a directory in which nothing came or went is not listed again, and of its files only those are looked at
// that were written lately. A file may grow in place without its directory changing, so everything is looked at again once a day.

import { Worker } from 'node:worker_threads';
import type { Clock } from './clock.ts';
import type { Known, Result, Task } from './counting.ts';

/** A thread that hangs in the file system, which has no end that anybody could bring about, is not waited for longer. */
const endWithinMs = 1_000;

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

export function createDiskCounter(clock: Pick<Clock, 'now'>): DiskCounter {
  let remembered = new Map<string, ReadonlyMap<string, Known>>();
  return {
    async count(directory, signal) {
      const before = remembered.get(directory) ?? new Map<string, Known>();
      const { bytes, listed, known, failure } = await count(directory, before, clock.now(), signal);
      // What was counted until it ended need not be counted again.
      remembered.set(directory, failure === null ? known : new Map([...before, ...known]));
      if (failure !== null) throw failure === 'ended' ? signal.reason : failure;
      return { bytes, listed };
    },
    keepOnly(directories) {
      remembered = new Map(directories.flatMap((each) => (remembered.has(each) ? [[each, remembered.get(each) ?? new Map()]] : [])));
    },
  };
}

/** Counts once, remembering nothing. */
export async function diskBytes(directory: string, signal: AbortSignal): Promise<number> {
  return (await createDiskCounter({ now: () => 0 }).count(directory, signal)).bytes;
}

/** @throws the signal's reason when it aborts and the thread does not end by itself */
async function count(directory: string, before: ReadonlyMap<string, Known>, now: number, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted();
  const ending = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const task: Task = { directory, before, now, ending };
  const worker = new Worker(new URL('./counting.ts', import.meta.url), { workerData: task });
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  worker.once('message', resolve);
  worker.once('error', reject);
  let late: NodeJS.Timeout | undefined;
  const end = () => {
    Atomics.store(ending, 0, 1);
    late = setTimeout(() => reject(signal.reason), endWithinMs);
  };
  signal.addEventListener('abort', end);
  try {
    return await promise;
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', end);
    worker.unref();
    void worker.terminate();
  }
}
