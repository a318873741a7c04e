// The knobs of a simulated host: what goes wrong with the next calls of a kind, and how often each was called. A call
// that nobody turned a knob for is done at once and well.

import { Fault } from '@mainstay/core/fault';
import type { AgentMethod, Effect } from '@mainstay/wire/link';
import type { Clock } from './world.ts';

/** What can go wrong: a request of the manager's, an effect within one, a look, or the telling of what was seen. */
export type Call = AgentMethod | Effect['action'] | 'look' | 'tell';

export type Misbehaviour = {
  /** Before the call is done, or after, its answer then being late or lost. Left out: before. */
  readonly when?: 'before' | 'after';
} & (
  | { readonly how: 'fail'; readonly fault: Fault }
  | { readonly how: 'late'; readonly ms: number }
  /** Never answered. */
  | { readonly how: 'mute' }
  /** Held back until `until` resolves. */
  | { readonly how: 'held'; readonly reached: () => void; readonly until: Promise<void> }
);

/** What ends a call early. */
export interface Ends {
  /** It was cancelled, or its agent stops. */
  readonly signal: AbortSignal;
  /** Nobody waits for its answer any more. */
  readonly lost: AbortSignal;
}

/** A call that is held back: once. */
export interface Held {
  /** Resolves when it has come (and, held after, was done). */
  readonly reached: Promise<void>;
  /** Lets it, or its answer, go on. */
  release(): void;
}

export class Knobs {
  readonly #clock: Clock;
  readonly #next = new Map<Call, Misbehaviour[]>();
  readonly #counts = new Map<Call, number>();
  /** Drawn for every call that nothing else is set for; null: it is done well. */
  draw: (call: Call) => Misbehaviour | null = () => null;
  /** The engine's events are lost: what happens is seen at the next look only. */
  deaf = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The next call of this kind, behind those set before, goes so. */
  next(call: Call, misbehaviour: Misbehaviour): void {
    this.#next.set(call, [...(this.#next.get(call) ?? []), misbehaviour]);
  }

  /** Holds the next call of this kind back, or its answer. */
  hold(call: Call, when: 'before' | 'after' = 'before'): Held {
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    const { promise: until, resolve: release } = Promise.withResolvers<void>();
    this.next(call, { how: 'held', when, reached: reach, until });
    return { reached, release };
  }

  /** How many calls of this kind came. */
  calls(call: Call): number {
    return this.#counts.get(call) ?? 0;
  }

  /** Behaves well again: what was set and has not come yet is forgotten. */
  behave(): void {
    this.#next.clear();
    this.draw = () => null;
    this.deaf = false;
  }

  /** Does a call as the knobs say. @throws Fault the one that was set; `cancelled` when it was ended early */
  async call<T>(call: Call, ends: Ends, work: () => T | Promise<T>): Promise<T> {
    this.#counts.set(call, this.calls(call) + 1);
    const [first, ...rest] = this.#next.get(call) ?? [];
    if (rest.length > 0) this.#next.set(call, rest);
    else this.#next.delete(call);
    const misbehaviour = first ?? this.draw(call);
    if (misbehaviour === null) return work();
    if (misbehaviour.when !== 'after') await this.#befall(misbehaviour, ends);
    const result = await work();
    if (misbehaviour.when === 'after') await this.#befall(misbehaviour, ends);
    return result;
  }

  async #befall(misbehaviour: Misbehaviour, { signal, lost }: Ends): Promise<void> {
    switch (misbehaviour.how) {
      case 'fail':
        throw misbehaviour.fault;
      case 'late':
        await this.#clock.pause(misbehaviour.ms, signal);
        break;
      case 'mute':
        // An engine that never answers is given up on in the end, and holds up nothing that is asked anew.
        await Promise.race([aborted(signal), aborted(lost)]);
        throw new Fault('cancelled', 'It was never answered.');
      case 'held':
        misbehaviour.reached();
        await Promise.race([misbehaviour.until, aborted(signal)]);
        break;
    }
    if (signal.aborted) throw new Fault('cancelled', 'It was cancelled.');
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
