// Clocks that somebody sets: one of this process, and one of a program that is a process of its own.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@mainstay/manager/clock';
import { ownDirectory } from '../../e2e/harness/ledger.ts';
import type { Settings } from '../../e2e/harness/program.ts';

export interface SettableClock extends Clock {
  /** Sets it so many ms ahead of where it would be. */
  set(aheadMs: number): void;
}

export function settable(clock: Clock): SettableClock {
  let ahead = 0;
  return {
    now: () => clock.now() + ahead,
    running: () => clock.running(),
    pause: (ms, signal) => clock.pause(ms, signal),
    set(aheadMs) {
      ahead = aheadMs;
    },
  };
}

/** Of a program that is started with these settings. */
export interface ProgramClock {
  readonly settings: Settings;
  set(aheadMs: number): void;
}

export function programClock(): ProgramClock {
  const file = join(ownDirectory('clock'), 'ahead');
  const set = (aheadMs: number) => writeFileSync(file, String(aheadMs));
  set(0);
  return { settings: { NODE_OPTIONS: `--import ${join(import.meta.dirname, 'shifted.mjs')}`, MAINSTAY_TEST_CLOCK: file }, set };
}
