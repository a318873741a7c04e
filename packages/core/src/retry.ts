// When something that could not be sent is tried again, and when it is given up: exponential with full jitter, so that
// what failed together does not come back together.

/** The first wait is up to this; each further one up to twice the one before. */
const firstMs = 5_000;
/** Not longer: what mends should be noticed within the hour. */
const mostMs = 60 * 60_000;
/** Never at once: an endpoint that refuses is not hammered. */
const leastMs = 1_000;

/** Longer than a night's outage; older, it is no news any more and waits for a person. */
export const triedForMs = 24 * 60 * 60_000;
/** About as many as fit into that day, waits being half an hour on the average. */
export const triesMost = 50;

/**
 * How long to wait after a try that failed, in ms.
 * @param tries how many there were, this one included
 * @param random 0 ≤ n < 1
 * @param asked what the other end asked for (Retry-After), in ms: it is never come before, nor waited for beyond the most
 */
export function waitAfter(tries: number, random: number, asked: number | null = null): number {
  const ceiling = Math.min(mostMs, firstMs * 2 ** Math.min(tries - 1, 20));
  const wait = leastMs + random * (ceiling - leastMs);
  return Math.round(Math.min(mostMs, Math.max(wait, asked ?? 0)));
}

/** Whether it is given up: too often, or for too long. */
export function isGivenUp({ tries, queuedAt, now }: { readonly tries: number; readonly queuedAt: number; readonly now: number }): boolean {
  return tries >= triesMost || now - queuedAt >= triedForMs;
}
