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
/** Between the volumes that are counted one after the other it is kept; a new one takes longer than counting a small volume. */
const idleMs = 2_000;

export interface Counted {
  readonly bytes: number;
  /** How many directories had to be listed. */
  readonly listed: number;
}

export interface DiskCounter {
  /** One after the other. @throws the signal's reason when it aborts; the file system's error, but for what vanishes while it is counted */
  count(directory: string, signal: AbortSignal): Promise<Counted>;
  /** Forgets every directory but these. */
  keepOnly(directories: readonly string[]): void;
}

export function createDiskCounter(clock: Pick<Clock, 'now'>): DiskCounter {
  let remembered = new Map<string, ReadonlyMap<string, Known>>();
  const thread = new CountingThread();
  const count = async (directory: string, signal: AbortSignal): Promise<Counted> => {
    const before = remembered.get(directory) ?? new Map<string, Known>();
    const { bytes, listed, known, failure } = await thread.count(directory, before, clock.now(), signal);
    // What was counted until it ended need not be counted again.
    remembered.set(directory, failure === null ? known : new Map([...before, ...known]));
    if (failure !== null) throw failure === 'ended' ? signal.reason : failure;
    return { bytes, listed };
  };
  let turn: Promise<unknown> = Promise.resolve();
  return {
    count(directory, signal) {
      const mine = turn.then(() => count(directory, signal));
      turn = mine.catch(() => undefined);
      return mine;
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

/** The thread that counts, called up when there is something to count and ended when there has been nothing for a while. */
class CountingThread {
  #worker: Worker | null = null;
  #idle: NodeJS.Timeout | undefined;

  /** One at a time. @throws the signal's reason when it aborts and the thread does not end by itself */
  async count(directory: string, before: ReadonlyMap<string, Known>, now: number, signal: AbortSignal): Promise<Result> {
    signal.throwIfAborted();
    clearTimeout(this.#idle);
    this.#worker ??= new Worker(new URL('./counting.ts', import.meta.url)).on('error', () => undefined);
    const worker = this.#worker;
    worker.ref();
    const ending = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    const task: Task = { directory, before, now, ending };
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    worker.once('message', resolve).once('error', reject);
    let late: NodeJS.Timeout | undefined;
    const end = () => {
      Atomics.store(ending, 0, 1);
      late = setTimeout(() => reject(signal.reason), endWithinMs);
    };
    signal.addEventListener('abort', end);
    try {
      worker.postMessage(task);
      const result = await promise;
      this.#idle = setTimeout(() => this.#end(), idleMs).unref();
      return result;
    } catch (error) {
      this.#end();
      throw error;
    } finally {
      clearTimeout(late);
      signal.removeEventListener('abort', end);
      worker.off('message', resolve).off('error', reject);
      // Whoever only keeps it for the next one may end.
      worker.unref();
    }
  }

  #end(): void {
    void this.#worker?.terminate();
    this.#worker = null;
  }
}
