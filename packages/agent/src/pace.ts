// How often one server may make us look: a burst at once, then so many a second, the last one never dropped. A
// container that flaps cannot flood the engine with questions or the manager with answers.

export const burst = 4;
export const everyMs = 250;

/** When a call may be made, for each key. Calls that come while one is put off are one with it. */
export class Pace {
  readonly #buckets = new Map<string, { tokens: number; at: number; coming: boolean }>();

  /**
   * @param now ms, by a clock that nobody sets
   * @returns ms to wait; null: one is on its way already
   */
  ask(key: string, now: number): number | null {
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now, coming: false };
    this.#buckets.set(key, bucket);
    if (bucket.coming) return null;
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / everyMs) - 1;
    bucket.at = now;
    bucket.coming = true;
    return Math.max(0, Math.ceil(-bucket.tokens * everyMs));
  }

  /** The one that was on its way is made now: what is heard from here on needs another. */
  came(key: string): void {
    const bucket = this.#buckets.get(key);
    if (bucket) bucket.coming = false;
  }
}
