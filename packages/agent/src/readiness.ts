// When a running program said in its log that it can be used. Only logs of servers that have such a line are read, from the
// program's start until it was seen; an agent that comes later reads back to there.

import type { ServerId } from '@mainstay/core/id';
import type { ReadyLine } from '@mainstay/core/server';
import { patternOf } from '@mainstay/wire/pattern';
import type { LogLine } from '@mainstay/wire/servers';
import type { Clock } from './clock.ts';
import type { Engine, InspectedContainer } from './engine.ts';
import { meaningOf } from './engine-states.ts';
import { plainLine } from './plain-line.ts';

/** Between tries to read the log of a program that runs, when the engine let go of it. */
const againMs = 5_000;

interface Wanted {
  readonly says: (line: string) => boolean;
  /** When it was seen before this agent was there, ms UTC; null: not known. */
  readonly told: number | null;
}

interface Watched {
  readonly startedAt: number;
  readonly end: AbortController;
  at: number | null;
}

export interface ReadinessWorld {
  readonly engine: Engine;
  readonly clock: Clock;
}

export class Readiness {
  /** Called when a server became ready. */
  onReady: (serverId: ServerId) => void = () => undefined;
  readonly #world: ReadinessWorld;
  readonly #wanted = new Map<ServerId, Wanted>();
  readonly #watched = new Map<ServerId, Watched>();

  constructor(world: ReadinessWorld) {
    this.#world = world;
  }

  /**
   * What a server says once it can be used.
   * @param told when it is known to have said so
   */
  want(serverId: ServerId, ready: ReadyLine | null, told: number | null): void {
    this.forget(serverId);
    if (ready === null) this.#wanted.delete(serverId);
    else this.#wanted.set(serverId, { says: sayingOf(ready), told });
  }

  /** When it became ready, ms UTC by the engine's clock; null: not yet; undefined: nobody listens. */
  of(serverId: ServerId): number | null | undefined {
    return this.#watched.get(serverId)?.at;
  }

  /** A look has found its program running. */
  sees(serverId: ServerId, container: InspectedContainer): void {
    const wanted = this.#wanted.get(serverId);
    const { startedAt } = container;
    if (!wanted || startedAt === null || this.#watched.get(serverId)?.startedAt === startedAt) return;
    this.forget(serverId);
    const at = wanted.told !== null && wanted.told >= startedAt ? wanted.told : null;
    const watched: Watched = { startedAt, at, end: new AbortController() };
    this.#watched.set(serverId, watched);
    if (at === null) void this.#watch(serverId, container.id, wanted, watched);
  }

  /** It does not run, or nobody waits for it any more. */
  forget(serverId: ServerId): void {
    this.#watched.get(serverId)?.end.abort();
    this.#watched.delete(serverId);
  }

  /** Reads no log any more. */
  close(): void {
    for (const serverId of [...this.#watched.keys()]) this.forget(serverId);
  }

  async #watch(serverId: ServerId, containerId: string, { says }: Wanted, watched: Watched): Promise<void> {
    const { engine, clock } = this.#world;
    const { signal } = watched.end;
    const read = (lines: readonly LogLine[]) => {
      const line = lines.find(({ text }) => says(plainLine(text)));
      if (!line || watched.at !== null) return;
      watched.at = line.at ?? clock.now();
      watched.end.abort();
      this.onReady(serverId);
    };
    while (!signal.aborted) {
      await engine.follow(containerId, { since: watched.startedAt }, read, signal).catch(() => undefined);
      await clock.pause(againMs, signal);
      if (signal.aborted) return;
      const seen = await engine.inspect(containerId).catch(() => undefined);
      if (seen === null || (seen && (meaningOf(seen.state) !== 'running' || seen.startedAt !== watched.startedAt))) return;
    }
  }
}

/** A pattern that is none is a part of the line. */
function sayingOf({ line, regex }: ReadyLine): (text: string) => boolean {
  const pattern = regex ? patternOf(line) : null;
  return pattern?.matches ?? ((text) => text.includes(line));
}
