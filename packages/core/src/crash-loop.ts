// A crash loop: a program that ends again and again, and that the engine starts again each time. It is running at almost any
// moment one looks, and of no use to anybody.

/** So many crashes within so long a time are a loop. */
export const crashLoop = { times: 3, withinMs: 10 * 60_000 } as const;

/** More are not needed to tell. */
const remembered = 10;

/** The crashes to remember, with further ones, newest last. Times in ms UTC. */
export function withCrashes(before: readonly number[], further: readonly number[]): number[] {
  return [...before, ...further].sort((a, b) => a - b).slice(-remembered);
}

/** Those of the crashes that make a loop now; none when there is none. */
export function loopAmong(crashes: readonly number[], now: number): readonly number[] {
  const recent = crashes.filter((at) => at > now - crashLoop.withinMs);
  return recent.length >= crashLoop.times ? recent : [];
}
