// Times, as people say them.

import { describe, expect, it } from 'vitest';
import { ageText, dayText, sinceText } from './age.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

describe('an age', () => {
  it.each([
    [0, '0 s'],
    [59_999, '59 s'],
    [6 * minute + 30 * second, '6 min'],
    [hour, '1 h'],
    [hour + 42 * minute, '1 h 42 m'],
    [12 * 24 * hour + 5 * hour, '12 d'],
  ])('of %d ms is %s', (ms, said) => expect(ageText(ms)).toBe(said));

  it('is never negative, though two clocks differ', () => expect(sinceText(2000, 1000)).toBe('0 s'));
});

describe('a moment to come', () => {
  const noon = new Date(2025, 5, 10, 12).getTime();

  it('today, tomorrow, and later by its date', () => {
    expect(dayText(new Date(2025, 5, 10, 18, 40).getTime(), noon)).toBe('today 18:40');
    expect(dayText(new Date(2025, 5, 11, 0, 5).getTime(), noon)).toBe('tomorrow 00:05');
    expect(dayText(new Date(2025, 5, 14, 9).getTime(), noon)).toBe('14 Jun 09:00');
  });
});
