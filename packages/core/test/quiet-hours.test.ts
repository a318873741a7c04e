// Quiet hours on a wall clock somewhere, summer time and all.

import { isTimeZone, quietUntil } from '@mainstay/core/quiet-hours';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const night = { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' };
const at = (iso: string) => Date.parse(iso);
const iso = (moment: number | null) => (moment === null ? null : new Date(moment).toISOString());

describe('quiet hours', () => {
  it('hold from the evening to the morning after, by the clock on that wall', () => {
    expect(iso(quietUntil(night, at('2026-01-15T21:00:00Z')))).toBe('2026-01-16T06:00:00.000Z');
    expect(iso(quietUntil(night, at('2026-07-15T20:00:00Z')))).toBe('2026-07-16T05:00:00.000Z');
    expect(iso(quietUntil(night, at('2026-01-16T05:59:59.999Z')))).toBe('2026-01-16T06:00:00.000Z');
  });

  it('begin with their first minute and end before the last', () => {
    expect(quietUntil(night, at('2026-01-15T20:59:59Z'))).toBeNull();
    expect(quietUntil(night, at('2026-01-16T06:00:00Z'))).toBeNull();
  });

  it('may lie within one day', () => {
    const siesta = { from: '13:00', to: '15:30', timeZone: 'America/Mexico_City' };
    expect(iso(quietUntil(siesta, at('2026-03-01T20:00:00Z')))).toBe('2026-03-01T21:30:00.000Z');
    expect(quietUntil(siesta, at('2026-03-01T22:00:00Z'))).toBeNull();
  });

  it('that would end at a time which the clock leaps over, end with the leap', () => {
    // Berlin, 29 March 2026: 02:00 becomes 03:00.
    const early = { from: '22:00', to: '02:30', timeZone: 'Europe/Berlin' };
    expect(iso(quietUntil(early, at('2026-03-28T23:00:00Z')))).toBe('2026-03-29T01:00:00.000Z');
    // Troll, on the same day: 01:00 becomes 03:00.
    expect(iso(quietUntil({ ...early, timeZone: 'Antarctica/Troll' }, at('2026-03-28T23:00:00Z')))).toBe('2026-03-29T01:00:00.000Z');
  });

  it('whatever the span, the place and the moment: they end, soon, at their end, and with nothing quiet left', () => {
    const clock = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map((parts) => parts.map((n) => String(n).padStart(2, '0')).join(':'));
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'Antarctica/Troll',
    );
    const moments = fc.integer({ min: at('2024-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') });
    fc.assert(
      fc.property(clock, clock, zones, moments, (from, to, timeZone, moment) => {
        const until = quietUntil({ from, to, timeZone }, moment);
        if (until === null) return;
        expect(until).toBeGreaterThan(moment);
        expect(until - moment).toBeLessThanOrEqual(27 * 60 * 60_000);
        expect(quietUntil({ from, to, timeZone }, until)).toBeNull();
        expect(quietUntil({ from, to, timeZone }, until - 1)).toBe(until);
      }),
    );
  });

  it('ask for a time zone by its name', () => {
    expect(['UTC', 'Europe/Berlin', 'Asia/Shanghai'].filter(isTimeZone)).toHaveLength(3);
    expect(['', '+02:00', 'Berlin', 'Europe/Nowhere', 'GMT+25'].filter(isTimeZone)).toEqual([]);
  });
});
