// Ends of processes that nobody asked for, as an agent heard them, until the manager has acknowledged them.

import type { ServerId } from '@mainstay/core/id';
import type { Exit } from '@mainstay/core/reason';

/** More than these, untold, tell no more: the newest are kept. */
const kept = 50;

export class Crashes {
  readonly #untold = new Map<ServerId, readonly Exit[]>();

  note(serverId: ServerId, exit: Exit): void {
    this.#untold.set(serverId, [...this.of(serverId), exit].slice(-kept));
  }

  /** Oldest first. */
  of(serverId: ServerId): readonly Exit[] {
    return this.#untold.get(serverId) ?? [];
  }

  /** These were acknowledged. */
  forget(serverId: ServerId, told: readonly Exit[]): void {
    const until = Math.max(0, ...told.map(({ at }) => at));
    const rest = this.of(serverId).filter(({ at }) => at > until);
    if (rest.length === 0) this.#untold.delete(serverId);
    else this.#untold.set(serverId, rest);
  }
}
