// Samples on their way into a chart.

import { describe, expect, it } from 'vitest';
import { readSpan } from './paths.ts';
import { moment } from './testing/samples.ts';
import { appended, columnsOf, measures, reaching, summaryOf } from './usage-series.ts';

const stepMs = 10_000;
const sample = (step: number, cores = step) => ({
  at: moment + step * stepMs,
  cores,
  memoryBytes: 100,
  receivedPerSecond: null,
  sentPerSecond: 5,
});

describe('a chart', () => {
  it('joins neighbours and leaves a gap where nothing was measured', () => {
    const { at, cores } = columnsOf({ stepMs, samples: [sample(0), sample(1), sample(9)] }, measures);
    expect(cores).toEqual([0, 1, null, 9]);
    expect(at).toEqual([0, 1, 2, 9].map((step) => (moment + step * stepMs) / 1000));
  });

  it('takes one late sample for no gap', () => {
    expect(columnsOf({ stepMs, samples: [sample(0), sample(2)] }, measures).cores).toEqual([0, 2]);
  });
});

it('a line that reaches further than what was measured measures nothing there', () => {
  const from = moment / 1000 - 100;
  const reached = reaching(columnsOf({ stepMs, samples: [sample(0, 7)] }, measures), from, from + 200);
  expect(reached.at).toEqual([from, moment / 1000, from + 200]);
  expect(reached.cores).toEqual([null, 7, null]);
});

describe('a newer sample', () => {
  const hour = { span: '1h', stepMs, samples: [sample(0)] } as const;

  it('goes to the end, and what is older than the span goes out', () => {
    expect(appended({ ...hour, samples: [sample(0)] }, sample(1)).samples).toHaveLength(2);
    expect(appended({ ...hour, samples: [sample(0)] }, sample(400)).samples).toEqual([sample(400)]);
  });

  it('is not put among averages, nor twice', () => {
    const day = { ...hour, span: '24h', samples: [sample(0)] } as const;
    expect(appended({ ...day, samples: [...day.samples] }, sample(1)).samples).toHaveLength(1);
    const once = appended({ ...hour, samples: [sample(0)] }, sample(1));
    expect(appended(once, sample(1))).toBe(once);
  });
});

it('a summary tells the latest, the usual and the most, and when that was', () => {
  expect(summaryOf([sample(0, 1), sample(1, 5), sample(2, 3)], 'cores')).toEqual({
    latest: 3,
    average: 3,
    peak: 5,
    peakAt: moment + stepMs,
  });
  expect(summaryOf([sample(0)], 'receivedPerSecond')).toBeNull();
});

it('an address that names no span means the shortest', () => {
  expect(readSpan({ span: '7d' })).toEqual({ span: '7d' });
  expect(readSpan({ span: 'year' })).toEqual({});
});
