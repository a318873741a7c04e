// When a program was started, by the engine's list alone.

import { describe, expect, it } from 'vitest';
import { startedAgain, startedBy } from '../src/uptime.ts';

const hour = 3600;
const day = 24 * hour;

describe('when a program was started, by the phrase in the engine’s list', () => {
  it.each([
    ['Up Less than a second', 0, 1],
    ['Up 1 second', 1, 2],
    ['Up 59 seconds (health: starting)', 59, 60],
    ['Up About a minute', 60, 120],
    ['Up 3 minutes (healthy)', 180, 240],
    ['Up About an hour', hour / 2, 1.5 * hour],
    ['Up 47 hours (Paused)', 46.5 * hour, 47.5 * hour],
    ['Up 2 days', 2 * day - hour / 2, 3 * day - hour / 2],
    ['Up 3 weeks', 21 * day - hour / 2, 28 * day - hour / 2],
  ])('%s', (status, least, most) => expect(startedBy(status, 0)).toEqual({ earliest: -most, latest: 0 - least }));

  it.each(['Exited (0) 3 minutes ago', 'Restarting (1) 5 seconds ago', 'Created', 'Up', ''])('%s tells nothing', (status) =>
    expect(startedBy(status, 0)).toBe(null));

  const again = (before: string, now: string, elapsed: number) => startedAgain(startedBy(before, 0), startedBy(now, elapsed));

  it.each([
    ['Up 3 hours', 'Up 2 seconds', 5],
    ['Up 10 seconds', 'Up 10 seconds', 5],
    ['Up 3 minutes', 'Up 59 seconds', 5],
  ])('%s, then %s: it was started again', (before, now, elapsed) => expect(again(before, now, elapsed)).toBe(true));

  it.each([
    ['Up 10 seconds', 'Up 15 seconds', 5],
    ['Up 10 seconds', 'Up 14 seconds', 6],
    ['Up 58 seconds', 'Up About a minute', 5],
    ['Up 59 minutes', 'Up About an hour', 5],
    ['Up 3 hours', 'Up 3 hours', 5],
    ['Up 47 hours', 'Up 2 days', 5],
    ['Up 13 days', 'Up 2 weeks', 5],
    ['Exited (0) 3 minutes ago', 'Up 2 seconds', 5],
  ])('%s, then %s: nothing says so', (before, now, elapsed) => expect(again(before, now, elapsed)).toBe(false));
});
