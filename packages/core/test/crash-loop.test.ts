import { describe, expect, it } from 'vitest';
import { crashLoop, loopAmong, withCrashes } from '../src/crash-loop.ts';

const minute = 60_000;

describe('a crash loop', () => {
  it('is three crashes within ten minutes, and over once that is no more so', () => {
    const crashes = withCrashes(withCrashes([], [1 * minute]), [3 * minute, 2 * minute]);
    expect(crashes).toEqual([1 * minute, 2 * minute, 3 * minute]);
    expect(loopAmong(crashes.slice(1), 3 * minute)).toEqual([]);
    expect(loopAmong(crashes, 3 * minute)).toEqual(crashes);
    expect(loopAmong(crashes, 1 * minute + crashLoop.withinMs)).toEqual([]);
  });

  it('remembers the last ten', () => {
    expect(withCrashes([...Array(10).keys()], [10, 11])).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });
});
