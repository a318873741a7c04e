// Waiting for something to be so: looks again and again, and says what it saw last when the time is over. Tests wait
// with this and never sleep.

import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';

/** Often enough to add nothing to what is measured, rarely enough to leave the processors to the programs. */
const everyMs = 25;

/** What was waited for did not come about; the message says what was seen last. */
export class NeverSo extends Error {}

/**
 * Resolves with the first value of `look` that holds. A look that throws is looked at again.
 * @param description what is waited for, as the end of “never saw …”
 */
export async function until<T>(
  description: string,
  look: () => T | Promise<T>,
  holds: (value: T) => boolean = Boolean,
  deadlineMs = 20_000,
): Promise<T> {
  const giveUpAt = performance.now() + deadlineMs;
  for (;;) {
    let last: unknown;
    try {
      const value = await look();
      if (holds(value)) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    if (performance.now() > giveUpAt) {
      throw new NeverSo(`never saw ${description} within ${deadlineMs} ms; the last look showed: ${inspect(last, { depth: 4 })}`);
    }
    await pause(everyMs);
  }
}
