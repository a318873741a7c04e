// A scenario of the fault suite: a test that says what it does and what is promised, and tells what came of it. The same
// scenarios run at two scales: all there is (`npm run test:faults`), and a short cut within `npm test`.

import { test } from 'vitest';
import type { Logs } from '../e2e/harness/logs.ts';
import type { Kind } from './kinds.ts';
import { tell } from './report.ts';

/** Whether everything is asked for, and not the short cut. */
export const full = process.env['MAINSTAY_FAULTS'] === 'full';

/** So much of it at the scale of this run. */
export const scaled = <T>({ short, all }: { readonly short: T; readonly all: T }): T => (full ? all : short);

export interface Scenario {
  readonly kind: Kind;
  /** What is done, as a sentence without a subject: `the manager killed at every step of a rebuild`. */
  readonly done: string;
  readonly promised: string;
  /** Takes too long for the short cut. */
  readonly long?: boolean;
  /** Left out: as vitest has it. */
  readonly limitMs?: number;
}

/** What a scenario tells while it runs. */
export interface Notes {
  /** What was found beside that all was as promised: figures. */
  found(text: string): void;
  /** All was settled after so long; the longest is told. */
  settled(ms: number): void;
  /** Waits until all is settled, and notes how long that took. */
  settling<T>(work: () => Promise<T>): Promise<T>;
  /** Of programs whose logs are shown when it fails. */
  watch(logs: Logs): void;
}

export function scenario({ kind, done, promised, long = false, limitMs }: Scenario, work: (notes: Notes) => Promise<void>): void {
  if (long && !full) return;
  test(done, { ...(limitMs === undefined ? {} : { timeout: limitMs }) }, async ({ onTestFailed }) => {
    const began = performance.now();
    const found: string[] = [];
    let settledMs: number | null = null;
    const settled = (ms: number) => {
      settledMs = Math.max(settledMs ?? 0, ms);
    };
    const notes: Notes = {
      found: (text) => void found.push(text),
      settled,
      async settling(until) {
        const from = performance.now();
        const result = await until();
        settled(performance.now() - from);
        return result;
      },
      watch(logs) {
        const mark = logs.logMark();
        onTestFailed(() => void process.stderr.write(`${logs.logs(mark)}\n`));
      },
    };
    const told = (passed: boolean, what: readonly string[]) =>
      tell({ kind, done, promised, found: what.join('; '), settledMs, passed, tookMs: performance.now() - began });
    try {
      await work(notes);
    } catch (error) {
      told(false, [...found, (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '']);
      throw error;
    }
    told(true, ['as promised', ...found]);
  });
}
