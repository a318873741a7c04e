// The servers that this agent knows of, each with its recorded container. Until a manager has told it which it has,
// those are the ones of its manifests and of the containers it sees; from then on, the manager's.

import type { ServerId } from './id.ts';

export class Known {
  readonly #recorded: Map<ServerId, string | null>;
  #told = false;

  constructor(recorded: ReadonlyMap<ServerId, string>) {
    this.#recorded = new Map(recorded);
  }

  /** Whether a manager has told which servers there are: others' containers are strays then. */
  get told(): boolean {
    return this.#told;
  }

  servers(): ServerId[] {
    return [...this.#recorded.keys()];
  }

  has(serverId: ServerId): boolean {
    return this.#recorded.has(serverId);
  }

  /** The id of the server's recorded container; null: none is. */
  recorded(serverId: ServerId): string | null {
    return this.#recorded.get(serverId) ?? null;
  }

  record(serverId: ServerId, containerId: string | null): void {
    this.#recorded.set(serverId, containerId);
  }

  /** A server that was asked about: with the asker's recorded container, where it has one. */
  meet(serverId: ServerId, containerId: string | null): void {
    if (containerId !== null || !this.has(serverId)) this.record(serverId, containerId);
  }

  /**
   * All servers that the manager has on this host.
   * @param busy whether something is being done to a server: which container is its own is changing, and what the manager says
   * of that may be older than what was just done
   */
  replace(servers: readonly { serverId: ServerId; containerId: string | null }[], busy: (serverId: ServerId) => boolean): void {
    const before = new Map(this.#recorded);
    this.#recorded.clear();
    for (const { serverId, containerId } of servers) {
      const known = before.get(serverId) ?? null;
      this.record(serverId, busy(serverId) ? (known ?? containerId) : (containerId ?? known));
    }
    this.#told = true;
  }
}
