// Quiet hours: a daily span on a wall clock somewhere, told by its IANA name. Clocks that are put forward and back are
// the time zone's business: an end that a day does not have comes with the first minute after it.

export interface QuietHours {
  /** `22:00`: inclusive. */
  readonly from: string;
  /** `07:00`: exclusive; before `from`, it is the next day's. */
  readonly to: string;
  /** `Europe/Berlin` */
  readonly timeZone: string;
}

const minuteMs = 60_000;
const dayMinutes = 24 * 60;
/** Clocks are put forward by two hours at most (Antarctica/Troll), so the last stretch before the end is walked minute by minute. */
const walkedMinutes = 150;

/**
 * When the quiet hours that hold at `at` end, in ms UTC.
 * @returns null when they do not hold
 */
export function quietUntil({ from, to, timeZone }: QuietHours, at: number): number | null {
  const wall = wallClock(timeZone);
  const [first, end] = [minutesOf(from), minutesOf(to)];
  const isQuiet = (minute: number) => (first <= end ? minute >= first && minute < end : minute >= first || minute < end);
  if (!isQuiet(wall(at))) return null;
  let moment = Math.floor(at / minuteMs) * minuteMs;
  for (let minute = wall(moment); isQuiet(minute); minute = wall(moment)) {
    const left = (end - minute + dayMinutes) % dayMinutes;
    moment += Math.max(1, left - walkedMinutes) * minuteMs;
  }
  return moment;
}

/** Minutes since midnight on the wall, by the time zone's rules. */
function wallClock(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return (at) => minutesOf(format.format(at));
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

/** Whether the time zone is one by its name, `Europe/Berlin` or `UTC`: an offset knows no summer. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
