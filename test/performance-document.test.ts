// docs/performance.md is made from what was measured, and goals are judged the same everywhere.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { figuresOf, growthOf } from '../bench/harness/figures.ts';
import { type Finding, holds, ratioOf } from '../bench/harness/finding.ts';
import { readResults } from '../bench/harness/results.ts';
import { measures } from '../bench/measures.ts';
import { performancePath, withResults } from '../tools/performance-document.ts';

describe('docs/performance.md', () => {
  it('is made from the last results (else: npm run docs)', async () => {
    expect(await withResults(readResults())).toBe(readFileSync(performancePath, 'utf8'));
  });

  it('knows results of measures that there are, and no others', () => {
    const names = measures.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(Object.keys(readResults())));
  });
});

describe('a goal', () => {
  const finding: Finding = {
    what: 'a start',
    unit: 'ms',
    figures: figuresOf([9, 10, 11]),
    baseline: { what: 'bare', figures: figuresOf([10, 10]) },
    goals: [],
  };

  it('is met at its limit, and missed beyond it', () => {
    expect(ratioOf(finding)).toBe(1);
    expect(holds(finding, { of: 'ratio', atMost: 1 })).toBe(true);
    expect(holds(finding, { of: 'p50', atMost: 9.9 })).toBe(false);
    expect(holds(finding, { of: 'most', atLeast: 11 })).toBe(true);
    expect(holds(finding, { of: 'p99', atLeast: 11 })).toBe(false);
  });

  it('against a baseline that was not taken is never met', () => {
    expect(holds({ ...finding, baseline: null }, { of: 'ratio', atMost: 1_000 })).toBe(false);
  });
});

describe('figures', () => {
  it('are the middle and the ends of what was measured', () => {
    expect(figuresOf([5, 1, 4, 2, 3])).toEqual({ samples: 5, p50: 3, p99: 4.96, p10: 1.4, p90: 4.6, most: 5 });
  });

  it('of no sample are none', () => {
    expect(() => figuresOf([])).toThrow('No samples');
  });

  it('tell how a cost grows', () => {
    const at = (cost: (size: number) => number) => growthOf([10, 100, 1_000].map((size) => ({ size, cost: cost(size) })));
    expect(at(() => 7)).toBeCloseTo(0);
    expect(at((size) => 3 * size)).toBeCloseTo(1);
    expect(at((size) => size ** 2)).toBeCloseTo(2);
  });
});
