// How long to wait before the next try: exponential with full jitter, so that a thousand agents whose manager comes
// back do not all knock at once; and never long, so that a host is back as soon as its network is.

/** So slowly that who waits for a manager that was started again waits a second longer at most. */
const growth = 1.5;

export interface Backoff {
  /** Milliseconds to wait now; longer each time, up to the cap. */
  next(): number;
  /** After a success. */
  reset(): void;
}

/** @param random 0 ≤ n < 1 */
export function createBackoff(random: () => number, firstMs = 250, capMs = 1_000): Backoff {
  let ceiling = firstMs;
  return {
    next() {
      const wait = Math.round(random() * ceiling);
      ceiling = Math.min(ceiling * growth, capMs);
      return wait;
    },
    reset() {
      ceiling = firstMs;
    },
  };
}
