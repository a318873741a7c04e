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

  it('of one kind are not counted for another, nor forgotten for what others try', () => {
    const { clock } = atDesk();
    const attempts = new Attempts(clock);
    for (let n = 0; n <= rules.account.free; n += 1) tried(attempts, 'ann');
    // As many as are kept of a kind, of this kind and of others.
    for (let n = 0; n < 20_000; n += 1) {
      attempts.begin('account', `nobody-${n}`);
      attempts.begin('address', `10.0.${n >> 8}.${n & 255}`);
    }
    expect(tried(attempts, 'ann')).toBeGreaterThan(0);
    expect(() => attempts.begin('code', 'ann')).not.toThrow();
  });

  it('from one network of IPv6 count as from one address', () => {
    const attempts = new Attempts(atDesk().clock);
    const begin = (who: string) => attempts.begin('address', who);
    for (let n = 0; n <= rules.address.free; n += 1) begin(`2001:db8:1:2::${n.toString(16)}`);
    expect(() => begin('2001:db8:1:2:ffff::1')).toThrow('Too many attempts');
    expect(() => begin('2001:0db8:0001:0002:1:2:3:4')).toThrow('Too many attempts');
    expect(() => begin('2001:db8:1:3::1')).not.toThrow();
    expect(() => begin('::1')).not.toThrow();
  });

  it('that cost little are forgiven one by one, so that many people behind one address are not held up', () => {
    const { clock, pass } = atDesk();
    const attempts = new Attempts(clock);
    for (let n = 0; n < rules.ask.free; n += 1) attempts.begin('ask', '10.0.0.1');
    for (let n = 0; n < 50; n += 1) {
      pass(rules.ask.forgiveMs);
      expect(() => attempts.begin('ask', '10.0.0.1')).not.toThrow();
    }
    attempts.begin('ask', '10.0.0.1');
    expect(() => attempts.begin('ask', '10.0.0.1')).toThrow('Too many attempts');
  });
});
