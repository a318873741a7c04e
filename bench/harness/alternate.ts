// Measuring two things in turns, so that whatever else the machine does meanwhile is done to both.

import { type Figures, figuresOf } from './figures.ts';

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

/** How long it takes, ms. */
export async function timed(work: Timed): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
