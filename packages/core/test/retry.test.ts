// Tries of what could not be sent: ever further apart, never at once, never without end.

import { isGivenUp, triedForMs, triesMost, waitAfter } from '@mainstay/core/retry';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the wait before the next try', () => {
  it('lies between a second and an hour, whatever was asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), random, fc.option(fc.integer({ min: -1, max: 1e12 })), (tries, luck, asked) => {
        const wait = waitAfter(tries, luck, asked);
        expect(wait).toBeGreaterThanOrEqual(1_000);
        expect(wait).toBeLessThanOrEqual(60 * 60_000);
      }),
    );
  });

  it('can be twice as long each time, until it is an hour', () => {
    const longest = Array.from({ length: 12 }, (_, tries) => Math.round(waitAfter(tries + 1, 0.999999) / 1000));
    expect(longest).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]);
  });

  it('is spread over all of it, so that what failed together does not come back together', () => {
    const waits = Array.from({ length: 100 }, (_, luck) => waitAfter(8, luck / 100));
    expect(new Set(waits).size).toBe(100);
    expect(Math.min(...waits)).toBeLessThan(10_000);
  });

  it('is never shorter than the other end asked for', () => {
    expect(waitAfter(1, 0, 90_000)).toBe(90_000);
    expect(waitAfter(12, 0.5, 1)).toBeGreaterThan(1_000);
  });
});

it('is given up after a day, or after too many tries', () => {
  expect(isGivenUp({ tries: 1, queuedAt: 0, now: triedForMs - 1 })).toBe(false);
  expect(isGivenUp({ tries: 1, queuedAt: 0, now: triedForMs })).toBe(true);
  expect(isGivenUp({ tries: triesMost, queuedAt: 0, now: 1 })).toBe(true);
});
