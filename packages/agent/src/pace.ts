// How often one server may make us look: a burst at once, then so many a second, the last one never dropped. A
// container that flaps cannot flood the engine with questions or the manager with answers.

export const burst = 4;
export const everyMs = 250;

/**
 * When a call may be made, for each key. Calls that come while one is put off are one with it.
 * @param now ms
 * @returns ms to wait; null: one is on its way already
 */
export class Pace {
  readonly #buckets = new Map<string, { tokens: number; at: number; dueAt: number }>();

  ask(key: string, now: number): number | null {
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now, dueAt: 0 };
    this.#buckets.set(key, bucket);
    if (bucket.dueAt > now) return null;
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / everyMs);
    bucket.at = now;
    bucket.tokens -= 1;
    const wait = bucket.tokens >= 0 ? 0 : Math.ceil(-bucket.tokens * everyMs);
    bucket.dueAt = now + wait;
    return wait;
  }
}
