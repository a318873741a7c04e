// What the running servers use: counters read every few seconds, their differences told. Read from the kernel's own
// files where this host has them; asked of the engine where it does not (a remote one, an agent within a container).

import type { ServerId } from '@mainstay/core/id';
import type { UsageReport } from '@mainstay/wire/usage';
import { readCounters } from './cgroup.ts';
import type { Clock } from './clock.ts';
import { concurrently } from './concurrently.ts';
import type { Engine } from './engine.ts';

/** What a container has used since it started, and holds now. */
export interface Counters {
  readonly processorSeconds: number;
  readonly memoryBytes: number;
  /** Bytes over its network; null when it cannot be told. */
  readonly received: number | null;
  readonly sent: number | null;
}

/** Containers read at a time. */
const readsAtOnce = 8;

interface Read {
  readonly counters: Counters;
  /** ms of a clock that never jumps. */
  readonly at: number;
}

export class UsageSampler {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #before = new Map<string, Read>();
  /** The main process of each container, as long as the kernel says that it is. */
  readonly #pids = new Map<string, number>();

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  /** @param running the containers that run now; of those that ran the last time too, there is a sample */
  async sample(running: ReadonlyMap<ServerId, string>): Promise<UsageReport> {
    const containers = new Set(running.values());
    for (const kept of [this.#before, this.#pids]) for (const id of kept.keys()) if (!containers.has(id)) kept.delete(id);
    const servers = await concurrently([...running], readsAtOnce, async ([serverId, containerId]) => {
      const counters = await this.#read(containerId).catch(() => null);
      const before = this.#before.get(containerId);
      if (counters === null) return [];
      const at = performance.now();
      this.#before.set(containerId, { counters, at });
      // A counter that fell belongs to a process that began anew.
      if (!before || counters.processorSeconds < before.counters.processorSeconds) return [];
      const seconds = (at - before.at) / 1000;
      return [
        {
          serverId,
          cores: (counters.processorSeconds - before.counters.processorSeconds) / seconds,
          memoryBytes: counters.memoryBytes,
          receivedPerSecond: rate(before.counters.received, counters.received, seconds),
          sentPerSecond: rate(before.counters.sent, counters.sent, seconds),
        },
      ];
    });
    return { takenAt: this.#clock.now(), servers: servers.flat() };
  }

  async #read(containerId: string): Promise<Counters | null> {
    if (!this.#engine.local) return this.#engine.counters(containerId);
    const known = this.#pids.get(containerId);
    const counters = known === undefined ? null : await readCounters(containerId, known);
    if (counters) return counters;
    const pid = (await this.#engine.inspect(containerId))?.pid ?? null;
    if (pid === null) return null;
    const read = await readCounters(containerId, pid);
    if (read) this.#pids.set(containerId, pid);
    return read ?? this.#engine.counters(containerId);
  }
}

function rate(before: number | null, now: number | null, seconds: number): number | null {
  return before === null || now === null ? null : Math.max(0, now - before) / seconds;
}
