// What a measure found: figures beside those of its baseline, and the goals they are held against. A goal is data, so that the
// terminal, the document and `--json` judge alike.

import type { Figures, Point } from './figures.ts';

export type Unit = 'ms' | 'MB' | '% of a core' | 'a second' | 'kB' | 'times' | 'bytes';

/** What of a finding is held against a limit. */
type Of = 'p50' | 'p99' | 'most' | 'ratio';

export interface Goal {
  readonly of: Of;
  /** One of the two. */
  readonly atMost?: number;
  readonly atLeast?: number;
}

export interface Finding {
  readonly what: string;
  readonly unit: Unit;
  readonly figures: Figures;
  /** What was measured beside it, in the same run. */
  readonly baseline: { readonly what: string; readonly figures: Figures } | null;
  readonly goals: readonly Goal[];
}

/** A cost at several sizes. */
export interface Growth {
  readonly what: string;
  readonly of: string;
  readonly unit: Unit;
  readonly points: readonly Point[];
}

export interface Findings {
  readonly findings: readonly Finding[];
  readonly growths?: readonly Growth[];
}

/** How many times the baseline it is, in the middle; null: there is none. */
export function ratioOf({ figures, baseline }: Finding): number | null {
  return baseline === null ? null : figures.p50 / baseline.figures.p50;
}

export function holds(finding: Finding, { of, atMost, atLeast }: Goal): boolean {
  const value = of === 'ratio' ? ratioOf(finding) : finding.figures[of];
  return value !== null && value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? Number.NEGATIVE_INFINITY);
}
