// Asking again for what was dropped on its way: a browser drops everything that is under way when a network interface comes or
// goes, and what is asked for is there the next moment.

import { Fault } from '@mainstay/core/fault';

/** Between tries, ms: each time longer. */
export const pausesMs = [150, 500, 1200] as const;

/** Asks until there is an answer, a few times at most. A refusal is an answer. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (const pauseMs of pausesMs) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof Fault) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
  return ask();
}
