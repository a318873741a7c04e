// The end of a retention is the one moment at which something is forgotten with nobody pressing anything: it must be
// certain.

import { type EndsSeen, judgeEnds, type Moment, purgeAt } from '@mainstay/core/retention';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const hour = 3_600_000;
const confirmMs = 600_000;
const day = 24 * hour;

/** Looks at one server whose retention ends at `end`, at each of `moments`. @returns at which looks it was purged */
function purges(end: number, moments: readonly Moment[]): number[] {
  let seen: EndsSeen<string> | null = null;
  return moments.flatMap((moment, at) => {
    const judged = judgeEnds(seen, moment, new Map([['world', end]]), confirmMs);
    seen = judged.seen;
    return judged.ended.length > 0 ? [at] : [];
  });
}

/** A look a minute, with both clocks in step. */
const minutes = (from: number, count: number, offset = 0): Moment[] =>
  Array.from({ length: count }, (_, at) => ({ wall: from + at * 60_000 + offset, running: from + at * 60_000 }));

describe('when a retention ends', () => {
  it('is a day after the deletion unless it says otherwise, and never for what is kept for ever', () => {
    expect(purgeAt(1000)).toBe(1000 + day);
    expect(purgeAt(1000, 2)).toBe(1000 + 2 * hour);
    expect(purgeAt(1000, null)).toBe(null);
    expect(purgeAt(null, 2)).toBe(null);
  });

  it('it counts once it has been seen for ten minutes, not at the first look', () => {
    expect(purges(5 * 60_000, minutes(0, 30))[0]).toBe(15);
  });

  it('a manager that starts long after it still looks twice', () => {
    expect(purges(0, minutes(100 * day, 12))).toEqual([10, 11]);
  });

  it('a clock set forward a year purges nothing at once, and nothing at all when it is set back in time', () => {
    const year = 365 * day;
    const moments = [...minutes(0, 3), ...minutes(3 * 60_000, 9, year), ...minutes(12 * 60_000, 30)];
    expect(purges(day, moments)).toEqual([]);
  });

  it('looks that come close together are no second sighting', () => {
    const moments = Array.from({ length: 50 }, (_, at) => ({ wall: 10 + at, running: at }));
    expect(purges(0, moments)).toEqual([]);
  });

  it('never counts before its time, whatever both clocks do', () => {
    const step = fc.record({ wall: fc.integer({ min: -2 * day, max: 2 * day }), running: fc.integer({ min: 0, max: hour }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let moment: Moment = { wall: 0, running: 0 };
        const moments = steps.map((each) => {
          moment = { wall: moment.wall + each.wall, running: moment.running + each.running };
          return moment;
        });
        for (const at of purges(day, moments)) {
          const seen = moments[at];
          expect(seen?.wall).toBeGreaterThanOrEqual(day);
          // It was over at every look for as long as it takes.
          const since = moments
            .filter(({ running }, look) => look < at && (seen?.running ?? 0) - running >= 0)
            .map(({ running }) => running);
          expect(since.some((running) => (seen?.running ?? 0) - running >= confirmMs)).toBe(true);
        }
      }),
    );
  });
});
