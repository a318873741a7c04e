// One at a time for each server, in order: what an agent began is done before it begins what was asked after it.

import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';

export class Turns {
  readonly #last = new Map<ServerId, Promise<void>>();

  /** Whether something is being done to the server. */
  readonly busy = (serverId: ServerId): boolean => this.#last.has(serverId);

  /** Runs `work` when it is the server's turn. @throws Fault `cancelled` when `signal` aborts before */
  async take<T>(serverId: ServerId, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const before = this.#last.get(serverId);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last.set(serverId, promise);
    try {
      await before;
      if (signal.aborted) throw new Fault('cancelled', 'It was cancelled before its turn came.');
      return await work();
    } finally {
      resolve();
      if (this.#last.get(serverId) === promise) this.#last.delete(serverId);
    }
  }
}
