// One at a time for each key: what is asked for while another holds the key waits its turn, in order.

import { Fault } from '@mainstay/core/fault';

export interface Turns {
  /** Runs `work` when it is the key's turn. The signal ends the waiting; work that has begun has its own. */
  take<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Whether somebody holds the key now. */
  busy(key: string): boolean;
}

export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return {
    busy: (key) => last.has(key),
    take<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        const giveUp = () => reject(new Fault('cancelled', 'It was cancelled before its turn came.'));
        const before = last.get(key) ?? Promise.resolve();
        const turn = before.then(async () => {
          signal?.removeEventListener('abort', giveUp);
          if (signal?.aborted) return giveUp();
          await work().then(resolve, reject);
        });
        last.set(key, turn);
        void turn.then(() => {
          if (last.get(key) === turn) last.delete(key);
        });
        signal?.addEventListener('abort', giveUp);
      });
    },
  };
}
