// A series of samples as charts and summaries want it: with gaps where nothing ran, and what was least, most and usual.

import { type Usage, type UsageSeries, usageSpans } from '@mainstay/wire/usage';

export const measures = ['cores', 'memoryBytes', 'receivedPerSecond', 'sentPerSecond'] as const;
export type Measure = (typeof measures)[number];

/** Columns of one length: seconds UTC, and each measure; null: not measured, so nothing is drawn there. */
export type Columns = Record<'at' | Measure, (number | null)[]>;

/** Further apart than this many steps, two samples are not joined: nothing is known of the time between. */
const joinedSteps = 2.5;

export function columnsOf({ stepMs, samples }: Pick<UsageSeries, 'stepMs' | 'samples'>): Columns {
  const columns: Columns = { at: [], cores: [], memoryBytes: [], receivedPerSecond: [], sentPerSecond: [] };
  let last: number | null = null;
  for (const sample of samples) {
    if (last !== null && sample.at - last > joinedSteps * stepMs) {
      columns.at.push((last + stepMs) / 1000);
      for (const measure of measures) columns[measure].push(null);
    }
    columns.at.push(sample.at / 1000);
    for (const measure of measures) columns[measure].push(sample[measure]);
    last = sample.at;
  }
  return columns;
}

/** Columns that reach from one end of a span to the other, with nothing measured at the ends that they lack. */
export function reaching(columns: Columns, from: number, to: number): Columns {
  const first = columns.at[0] ?? null;
  const last = columns.at.at(-1) ?? null;
  const ends = (before: number | null, values: (number | null)[], after: number | null) => [
    ...(first === null || first > from ? [before] : []),
    ...values,
    ...(last !== null && last < to ? [after] : []),
  ];
  return {
    at: ends(from, columns.at, to),
    cores: ends(null, columns.cores, null),
    memoryBytes: ends(null, columns.memoryBytes, null),
    receivedPerSecond: ends(null, columns.receivedPerSecond, null),
    sentPerSecond: ends(null, columns.sentPerSecond, null),
  };
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
