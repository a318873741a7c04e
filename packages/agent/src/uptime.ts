// When a container's program was started, by the phrase in the engine's list: all that a list shows of a program that was
// started again while nobody heard its events.

/** Seconds on the clock that the caller counts with: not before, and not after. */
export interface Started {
  readonly earliest: number;
  readonly latest: number;
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** The engine counts in ever coarser units; from hours on it rounds. */
const units: Readonly<Record<string, { readonly seconds: number; readonly rounded: number }>> = {
  second: { seconds: 1, rounded: 0 },
  minute: { seconds: minute, rounded: 0 },
  hour: { seconds: hour, rounded: hour / 2 },
  day: { seconds: day, rounded: hour / 2 },
  week: { seconds: 7 * day, rounded: hour / 2 },
  month: { seconds: 30 * day, rounded: hour / 2 },
  year: { seconds: 365 * day, rounded: hour / 2 },
};

/**
 * @param status such as `Up 3 minutes (healthy)`, `Up About an hour`
 * @param at when the list was asked for, seconds
 * @returns null: it is not up, or not in these words
 */
export function startedBy(status: string, at: number): Started | null {
  if (!status.startsWith('Up')) return null;
  const [, count, word] = /^Up (Less than|About|\d+)(?: an?)? (second|minute|hour|day|week|month|year)s?\b/.exec(status) ?? [];
  const unit = units[word ?? ''];
  if (count === undefined || !unit) return null;
  const many = count === 'Less than' ? 0 : count === 'About' ? 1 : Number(count);
  const least = many * unit.seconds - unit.rounded;
  return { earliest: at - least - unit.seconds, latest: at - least };
}

/** The list is a copy, a moment behind. */
const lag = 2;

/** Whether two lists can only be of two starts. */
export const startedAgain = (before: Started | null, now: Started | null): boolean =>
  before !== null && now !== null && now.earliest > before.latest + lag;
