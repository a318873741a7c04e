// The page's one clock: it ticks each second while somebody looks at it, and whoever shows an age listens. A tick
// draws again only those whose words it changed.

import { useSyncExternalStore } from 'react';

let present = Date.now();
let ticking: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function listen(listener: () => void): () => void {
  listeners.add(listener);
  ticking ??= setInterval(() => {
    present = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  };
}

/** The present as the page's clock has it, in ms UTC. */
export function presentTime(): number {
  if (ticking === undefined) present = Date.now();
  return present;
}

/** Words that depend on the present, kept true as it passes. */
export function useTicking(words: (now: number) => string): string {
  return useSyncExternalStore(listen, () => words(presentTime()));
}
