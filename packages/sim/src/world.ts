// What simulated hosts need of whoever runs them: time and chance. Both are handed in, so that a run can be had again.

export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Resolves after `ms`, or as soon as `signal` aborts. Never rejects. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

export interface World {
  readonly clock: Clock;
  /** 0 ≤ n < 1 */
  readonly random: () => number;
}

/** Chance that is the same each time: Marsaglia's xorshift, good enough for everything but secrets. */
export function seeded(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** So many hexadecimal digits, as ids of engines and containers have. */
export function hex(random: () => number, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
}
