// Sizes as people read them: data in powers of ten as disks are sold, memory in powers of two as limits are set.

import { text } from '../messages.ts';

const tenths = new Intl.NumberFormat(text.locale, { minimumFractionDigits: 1, maximumFractionDigits: 1, useGrouping: false });
const wholes = new Intl.NumberFormat(text.locale, { maximumFractionDigits: 0, useGrouping: false });

const decimal = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;
const binary = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

function scaled(bytes: number, step: number, units: readonly string[]): string {
  let value = bytes;
  let unit = 0;
  // 999.5 would be written as 1000 of the smaller unit.
  while (value >= step - 0.5 && unit < units.length - 1) {
    value /= step;
    unit += 1;
  }
  return `${(unit >= 3 && value < 100 ? tenths : wholes).format(value)} ${units[unit]}`;
}

/** `3.2 GB`, `212 MB` */
export function bytesText(bytes: number): string {
  return scaled(bytes, 1000, decimal);
}

/** `7.8 GiB`, `512 MiB` */
export function memoryText(bytes: number): string {
  return scaled(bytes, 1024, binary);
}

/** `212 of 388 MB`: the unit once when both have it. */
export function bytesOfText(done: number, total: number, of: (done: string, total: string) => string, size = bytesText): string {
  const whole = size(total);
  const part = size(done);
  const [number, unit] = part.split(' ');
  return of(unit !== undefined && whole.endsWith(` ${unit}`) ? (number ?? part) : part, whole);
}
