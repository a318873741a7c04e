// MAINSTAY_LOG: how much is logged.

import { Misuse } from './fail.ts';

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

export function logLevel(usual: string): string {
  const level = process.env['MAINSTAY_LOG'] || usual;
  if (!levels.includes(level)) throw new Misuse(`MAINSTAY_LOG is “${level}”; it must be one of ${levels.join(', ')}.`);
  return level;
}
