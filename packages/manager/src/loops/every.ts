// A loop that does one thing again and again until it is stopped. A round that breaks is told and does not end it.

import type { World } from '../world.ts';

/**
 * @param broke what the log says when a round breaks
 * @returns how to stop it: resolves when the round under way is done
 */
export function every(world: World, ms: number, broke: string, work: () => Promise<unknown>): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await world.clock.pause(ms, stopping.signal);
      await work().catch((error: unknown) => world.log.error({ error }, broke));
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
