// How containers' processes ended, as the engine's events tell: whether somebody had asked for it, which no later look
// can see, and the ends that a restart policy hides from every look.

import { serverOf } from '@mainstay/core/bodies';
import type { ServerId } from '@mainstay/core/id';
import type { Exit } from '@mainstay/core/reason';
import type { EngineEvent } from './engine.ts';

/** Signals that people send to a living program: HUP, USR1, USR2, CHLD, CONT, URG, WINCH, IO. Every other one asks it to end. */
const livingSignals: ReadonlySet<number> = new Set([1, 10, 12, 17, 18, 23, 28, 29]);

/** An hour of grace is the longest a server may have; a crash after that is not what was asked for. */
const askedForMs = 65 * 60 * 1000;

/** How long a look that is faster than the event waits for it. */
const eventLagMs = 400;

/** More crashes than this, unsent, tell no more: the newest are kept. */
const crashesKept = 50;

interface Trail {
  askedAt: number | null;
  outOfMemory: boolean;
  ending: Exit | null;
}

export interface Crash {
  readonly containerId: string;
  readonly exit: Exit;
}

export class Endings {
  readonly #trails = new Map<string, Trail>();
  readonly #crashes = new Map<ServerId, Crash[]>();
  readonly #waiting = new Map<string, Set<() => void>>();
  #listening = false;

  /** Whether the event stream is up. */
  get listening(): boolean {
    return this.#listening;
  }

  set listening(listening: boolean) {
    this.#listening = listening;
  }

  take(event: EngineEvent): void {
    const trail = this.#trails.get(event.containerId) ?? { askedAt: null, outOfMemory: false, ending: null };
    this.#trails.set(event.containerId, trail);
    switch (event.action) {
      case 'kill':
        if (event.signal === null || !livingSignals.has(event.signal)) trail.askedAt = event.at;
        break;
      case 'oom':
        trail.outOfMemory = true;
        break;
      case 'die':
      case 'died':
        this.#ended(event, trail);
        break;
      case 'start':
      case 'destroy':
      case 'remove':
        this.#trails.delete(event.containerId);
        break;
    }
  }

  /** Somebody asked its program to end in words that the engine knows nothing of. */
  asked(containerId: string, at: number): void {
    const trail = this.#trails.get(containerId) ?? { askedAt: null, outOfMemory: false, ending: null };
    this.#trails.set(containerId, { ...trail, askedAt: at });
  }

  /** How the container's process ended; null when nobody was listening then. */
  of(containerId: string): Exit | null {
    return this.#trails.get(containerId)?.ending ?? null;
  }

  /** The same of a process that ended just now: its event may still be on the way. */
  async soon(containerId: string): Promise<Exit | null> {
    if (this.of(containerId) !== null || !this.#listening) return this.of(containerId);
    await new Promise<void>((resolve) => {
      const waiting = this.#waiting.get(containerId) ?? new Set();
      this.#waiting.set(containerId, waiting.add(resolve));
      setTimeout(resolve, eventLagMs);
    });
    return this.of(containerId);
  }

  /** Ends that nobody asked for and nobody was told of yet, oldest first. */
  crashes(serverId: ServerId): readonly Crash[] {
    return this.#crashes.get(serverId) ?? [];
  }

  /** Those up to this time (ms UTC, the engine's) were told of. */
  forget(serverId: ServerId, until: number): void {
    const rest = this.crashes(serverId).filter((crash) => crash.exit.at > until);
    if (rest.length === 0) this.#crashes.delete(serverId);
    else this.#crashes.set(serverId, rest);
  }

  #ended(event: EngineEvent, trail: Trail): void {
    const code = event.exitCode ?? 0;
    const asked = trail.askedAt !== null && event.at - trail.askedAt < askedForMs;
    const exit: Exit = { code, outOfMemory: trail.outOfMemory && code !== 0, asked, at: event.at };
    trail.ending = exit;
    trail.askedAt = null;
    for (const wake of this.#waiting.get(event.containerId) ?? []) wake();
    this.#waiting.delete(event.containerId);
    const serverId = serverOf(event);
    if (asked || serverId === null) return;
    this.#crashes.set(serverId, [...this.crashes(serverId), { containerId: event.containerId, exit }].slice(-crashesKept));
  }
}
