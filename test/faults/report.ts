// What a scenario came to, told in four sentences: what was done, what was promised, what was found, how long until all was
// settled. Each is printed as it ends; the full run gathers them into docs/reliability.md.

import { appendFileSync } from 'node:fs';
import type { Kind } from './kinds.ts';

export interface Outcome {
  readonly kind: Kind;
  readonly done: string;
  readonly promised: string;
  readonly found: string;
  /** From the end of the fault until all was settled, the longest where there were many; null: nothing had to settle. */
  readonly settledMs: number | null;
  readonly passed: boolean;
  /** How long the scenario took. */
  readonly tookMs: number;
}

/** The file, a line of JSON an outcome, into which the full run gathers; not set: nobody does. */
export const gatheredInto = 'MAINSTAY_FAULTS_OUTCOMES';

export function tell(outcome: Outcome): void {
  const { kind, done, promised, found, settledMs, passed, tookMs } = outcome;
  process.stdout.write(
    [
      `${passed ? '✓' : '✗'} ${kind} (${seconds(tookMs)})`,
      `    done      ${done}`,
      `    promised  ${promised}`,
      `    found     ${found}`,
      `    settled   ${settledMs === null ? 'nothing had to' : seconds(settledMs)}`,
      '',
    ].join('\n'),
  );
  const file = process.env[gatheredInto];
  if (file) appendFileSync(file, `${JSON.stringify(outcome)}\n`);
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 9_950 ? 1 : 0)} s`;
