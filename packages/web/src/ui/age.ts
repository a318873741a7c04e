// Times as people say them. Everything takes ms UTC and the present; nothing here reads a clock.

import { text } from '../messages.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A length of time: `14 s`, `6 min`, `1 h 42 m`, `12 d`. Never negative: two machines' clocks may differ a little. */
export function ageText(ms: number): string {
  const age = Math.max(0, ms);
  if (age < minute) return text.units.seconds(Math.floor(age / second));
  if (age < hour) return text.units.minutes(Math.floor(age / minute));
  if (age < day) return text.units.hours(Math.floor(age / hour), Math.floor((age % hour) / minute));
  return text.units.days(Math.floor(age / day));
}

/** How long something took: below ten seconds to the tenth. */
export function durationText(ms: number): string {
  return ms < 10 * second ? text.units.seconds(Math.round(ms / 100) / 10) : ageText(ms);
}

/** How long something has been so. */
export function sinceText(at: number, now: number): string {
  return ageText(now - at);
}

const clock = new Intl.DateTimeFormat(text.locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const shortClock = new Intl.DateTimeFormat(text.locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const shortDate = new Intl.DateTimeFormat(text.locale, { day: 'numeric', month: 'short' });
const exact = new Intl.DateTimeFormat(text.locale, { dateStyle: 'full', timeStyle: 'long', hourCycle: 'h23' });

const midnightOf = (at: number) => new Date(at).setHours(0, 0, 0, 0);

/** The time of day, with its date when that is not today: `20:04:31`, `3 Nov 20:04:31`. */
export function clockText(at: number, now: number): string {
  return midnightOf(at) === midnightOf(now) ? clock.format(at) : `${shortDate.format(at)} ${clock.format(at)}`;
}

/** A moment to come, by its day: `today 18:40`, `tomorrow 18:40`, `3 Nov 18:40`. */
export function dayText(at: number, now: number): string {
  const days = Math.round((midnightOf(at) - midnightOf(now)) / day);
  const date = days === 0 ? text.units.today : days === 1 ? text.units.tomorrow : shortDate.format(at);
  return `${date} ${shortClock.format(at)}`;
}

/** A moment of today by its minute, `18:40`; of another day, `3 Nov 18:40`. For the axes of charts. */
export function axisText(at: number, dated: boolean): string {
  return dated ? `${shortDate.format(at)} ${shortClock.format(at)}` : shortClock.format(at);
}

/** The whole of it, for those who hover. */
export function exactText(at: number): string {
  return exact.format(at);
}
