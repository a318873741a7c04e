// Measuring two things in turns, so that whatever else the machine does meanwhile is done to both.

import { type Figures, figuresOf } from './figures.ts';
import type { Finding } from './finding.ts';

/** What is timed; it may begin before its clock does, and answers with milliseconds then. */
export type Timed = () => Promise<unknown>;

export interface Alternated {
  readonly measured: Figures;
  readonly baseline: Figures;
}

/** Takes samples of both in turns, whichever is first changing each time; the first turn of each warms up and counts for nothing. */
export async function alternate(rounds: number, measured: () => Promise<number>, baseline: () => Promise<number>): Promise<Alternated> {
  const samples: { readonly measured: number[]; readonly baseline: number[] } = { measured: [], baseline: [] };
  for (let round = 0; round <= rounds; round += 1) {
    const turn = [async () => void samples.measured.push(await measured()), async () => void samples.baseline.push(await baseline())];
    for (const take of round % 2 === 0 ? turn : turn.reverse()) await take();
  }
  return { measured: figuresOf(samples.measured.slice(1)), baseline: figuresOf(samples.baseline.slice(1)) };
}

/** What is measured, beside what, and how many times as long it may take in the middle. */
interface Comparison {
  readonly what: string;
  readonly ours: () => Promise<number>;
  readonly baseline: string;
  readonly bare: () => Promise<number>;
  readonly atMost: number;
}

/** Two times, taken in turns, as a finding. */
export async function compared(rounds: number, { what, ours, baseline, bare, atMost }: Comparison): Promise<Finding> {
  const found = await alternate(rounds, ours, bare);
  return {
    what,
    unit: 'ms',
    figures: found.measured,
    baseline: { what: baseline, figures: found.baseline },
    goals: [{ of: 'ratio', atMost }],
  };
}

/** How long it takes, ms. */
export async function timed(work: Timed): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
