// Where the page of this directory's manager is: what the manager itself noted there when it began to serve. The settings of a
// shell are not those that a running manager was started with.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf, managerConfig } from '@mainstay/manager/config';
import { home, shipped } from './place.ts';

const noted = (directory: string): string => join(directory, 'address');

/** Notes where a manager serves, until it ends well. One that was killed is most likely started at the same place again. */
export function noteAddress(directory: string, address: string): { forget(): void } {
  writeFileSync(noted(directory), `${address}\n`);
  return { forget: () => rmSync(noted(directory), { force: true }) };
}

/** As people on this machine reach it. Says on standard error when that is a guess. */
export function pageAddress(): string {
  const config = managerConfig(process.env, home, shipped);
  if (config.publicUrl !== undefined) return config.publicUrl;
  try {
    return readFileSync(noted(config.directory), 'utf8').trim();
  } catch {
    const guess = addressOf(config);
    process.stderr.write(`mainstay: no manager runs here now; ${guess} is where it would be by this shell’s settings\n`);
    return guess;
  }
}
