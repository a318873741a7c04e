// Lengths of time, sizes and ordinals in English words, as messages have them.

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000] as const;

/** A length of time: `14 s`, `6 min`, `1 h 42 min`, `12 d`. Never negative: two clocks may differ a little. */
export function lengthWords(ms: number): string {
  if (ms < minute) return `${Math.max(0, Math.floor(ms / second))} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} min`;
  if (ms < day) {
    const minutes = Math.floor((ms % hour) / minute);
    return `${Math.floor(ms / hour)} h${minutes === 0 ? '' : ` ${minutes} min`}`;
  }
  return `${Math.floor(ms / day)} d`;
}

/** How long ago something happened: `14 s ago`; the first seconds are `just now`. */
export function agoWords(ms: number): string {
  return ms < 5 * second ? 'just now' : `${lengthWords(ms)} ago`;
}

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Data, in powers of ten: `3.2 GB`, `212 MB`. */
export function bytesWords(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit >= 3 && value < 100 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** `2nd`, `13th` */
export function ordinal(n: number): string {
  const [tens, ones] = [n % 100, n % 10];
  const ending = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][ones] ?? 'th');
  return `${n}${ending}`;
}
