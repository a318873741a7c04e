// One manager a directory. The lock is a database held in an exclusive transaction: the kernel releases it with the
// process, however that ends, so there is no stale lock to clear by hand.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Misuse } from './fail.ts';

/** Takes the lock until this process ends. @param instead what to do when it is held @throws Misuse when another `who` has it */
export function holdLock(directory: string, who: string, instead = 'Stop it first, or set MAINSTAY_HOME to another place.'): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(directory, 'lock'));
  try {
    database.exec('pragma busy_timeout = 0; begin exclusive');
  } catch (error) {
    // SQLITE_BUSY; anything else (a full disk, a directory that may not be written) is told as it is.
    if ((error as { errcode?: number }).errcode !== 5) throw error;
    throw new Misuse(`Another ${who} already runs with ${directory}. ${instead}`);
  }
  // Held by being open: whoever lets it be collected lets go of it.
  process.on('exit', () => database.close());
}
