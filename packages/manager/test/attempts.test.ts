// How often something may be tried: freely a few times, then after pauses that double and end.

import { Attempts, rules } from '@mainstay/manager/attempts';
import { describe, expect, it } from 'vitest';

const atDesk = () => {
  let now = 1_000;
  return {
    clock: { running: () => now },
    pass: (ms: number) => {
      now += ms;
    },
  };
};

/** How long it would have to wait; 0: it was let. */
function tried(attempts: Attempts, who: string): number {
  try {
    attempts.begin('account', who);
    return 0;
  } catch (error) {
    return (error as { extra: { retryAfterSeconds: number } }).extra.retryAfterSeconds;
  }
}

describe('attempts', () => {
  it('are free at first, then after a pause that doubles up to the longest', () => {
    const { clock, pass } = atDesk();
    const attempts = new Attempts(clock);
    for (let n = 0; n < rules.account.free; n += 1) expect(tried(attempts, 'ann')).toBe(0);
    const pauses = [];
    for (let n = 0; n < 9; n += 1) {
      expect(tried(attempts, 'ann')).toBe(0);
      const pause = tried(attempts, 'ann');
      pauses.push(pause);
      pass(pause * 1000);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(tried(attempts, 'ben')).toBe(0);
  });

  it('count when they begin, so many at once are no way around', () => {
    const attempts = new Attempts(atDesk().clock);
    const let_in = Array.from({ length: 50 }, () => tried(attempts, 'ann')).filter((pause) => pause === 0);
    expect(let_in).toHaveLength(rules.account.free + 1);
  });

  it('are forgotten after a good one, and after an hour', () => {
    const { clock, pass } = atDesk();
    const attempts = new Attempts(clock);
    for (let n = 0; n < rules.account.free; n += 1) tried(attempts, 'ann');
    attempts.begin('account', 'ann')();
    for (let n = 0; n <= rules.account.free; n += 1) expect(tried(attempts, 'ann')).toBe(0);
    expect(tried(attempts, 'ann')).toBeGreaterThan(0);
    pass(60 * 60_000);
    for (let n = 0; n <= rules.account.free; n += 1) expect(tried(attempts, 'ann')).toBe(0);
  });
});
