// How a command ends that cannot go on: one clear line, and exit code 2 when it was a setting that was wrong.

import { Fault } from '@mainstay/core/fault';

/** A setting or an argument that cannot be used. */
export class Misuse extends Error {}

const misuses = new Set(['SettingFault', 'BadSetting', 'Misuse']);

export function fail(error: unknown): never {
  process.stderr.write(`mainstay: ${lineOf(error)}\n`);
  process.exit(error instanceof Error && misuses.has(error.constructor.name) ? 2 : 1);
}

function lineOf(error: unknown): string {
  if (error instanceof Fault) return error.detail;
  return error instanceof Error ? error.message : String(error);
}
