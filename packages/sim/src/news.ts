// What the manager has not acknowledged yet: servers to whom something happened since it last did. Told again until it
// has; what happens to one while it is being told stays news.

import type { ServerId } from '@mainstay/core/id';

export class News {
  /** Each with the count of its newest happening. */
  readonly #servers = new Map<ServerId, number>();
  #count = 0;

  get size(): number {
    return this.#servers.size;
  }

  /** The count of the newest happening. */
  get count(): number {
    return this.#count;
  }

  servers(): ServerId[] {
    return [...this.#servers.keys()];
  }

  has(serverId: ServerId): boolean {
    return this.#servers.has(serverId);
  }

  add(serverIds: Iterable<ServerId>): void {
    this.#count += 1;
    for (const serverId of serverIds) this.#servers.set(serverId, this.#count);
  }

  /** The manager has recorded these as they were when `count` had happened. */
  acknowledge(serverIds: Iterable<ServerId>, count: number): void {
    for (const serverId of serverIds) if ((this.#servers.get(serverId) ?? 0) <= count) this.#servers.delete(serverId);
  }
}
