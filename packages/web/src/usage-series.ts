// A series of samples as charts and summaries want it: with gaps where nothing ran, and what was least, most and usual.

import { type Usage, type UsageSeries, usageSpans } from '@mainstay/wire/usage';

export const measures = ['cores', 'memoryBytes', 'receivedPerSecond', 'sentPerSecond'] as const;
export type Measure = (typeof measures)[number];

/** Columns of one length: seconds UTC, and each measure; null: not measured, so nothing is drawn there. */
export type Columns<M extends string = Measure> = Record<'at' | M, (number | null)[]>;

/** Further apart than this many steps, two samples are not joined: nothing is known of the time between. */
const joinedSteps = 2.5;

/** Samples, oldest first, as columns. @param names the measures that they have; one that a sample lacks was not measured then */
export function columnsOf<M extends string>(
  {
    stepMs,
    samples,
  }: { readonly stepMs: number; readonly samples: readonly ({ readonly at: number } & { readonly [N in M]?: number | null })[] },
  names: readonly M[],
): Columns<M> {
  const columns = Object.fromEntries(['at', ...names].map((name) => [name, [] as (number | null)[]])) as Columns<M>;
  let last: number | null = null;
  for (const sample of samples) {
    if (last !== null && sample.at - last > joinedSteps * stepMs) {
      columns.at.push((last + stepMs) / 1000);
      for (const name of names) columns[name].push(null);
    }
    columns.at.push(sample.at / 1000);
    for (const name of names) columns[name].push(sample[name] ?? null);
    last = sample.at;
  }
  return columns;
}

/** Columns that reach from one end of a span to the other, with nothing measured at the ends that they lack. */
export function reaching<M extends string>(columns: Columns<M>, from: number, to: number): Columns<M> {
  const first = columns.at[0] ?? null;
  const last = columns.at.at(-1) ?? null;
  const ends = (before: number | null, values: (number | null)[], after: number | null) => [
    ...(first === null || first > from ? [before] : []),
    ...values,
    ...(last !== null && last < to ? [after] : []),
  ];
  return Object.fromEntries(
    Object.entries<(number | null)[]>(columns).map(([name, values]) => [
      name,
      name === 'at' ? ends(from, values, to) : ends(null, values, null),
    ]),
  ) as Columns<M>;
}

/** A series with a newer sample at its end, and without what has left its span. */
export function appended(series: UsageSeries, sample: Usage): UsageSeries {
  const newest = series.samples.at(-1);
  // Longer spans hold averages; a single sample is none.
  if (series.span !== '1h' || (newest && newest.at >= sample.at)) return series;
  const from = sample.at - usageSpans[series.span].keepMs;
  return { ...series, samples: [...series.samples.filter(({ at }) => at > from), sample] };
}

export interface Summary {
  readonly latest: number;
  readonly average: number;
  readonly peak: number;
  /** ms UTC */
  readonly peakAt: number;
}

/** What a measure came to; null: it was never measured. */
export function summaryOf(samples: readonly Usage[], measure: Measure): Summary | null {
  let sum = 0;
  let counted = 0;
  let peak: { value: number; at: number } | null = null;
  let latest = 0;
  for (const sample of samples) {
    const value = sample[measure];
    if (value === null) continue;
    sum += value;
    counted += 1;
    latest = value;
    if (peak === null || value > peak.value) peak = { value, at: sample.at };
  }
  return peak === null ? null : { latest, average: sum / counted, peak: peak.value, peakAt: peak.at };
}
