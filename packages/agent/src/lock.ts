// One agent a home. The lock is a database held in an exclusive transaction: the kernel releases it with the process,
// however that ends, so there is no stale lock to clear by hand.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Takes the home's lock.
 * @returns releases it
 * @throws when another agent has it
 */
export function lockHome(home: string): () => void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(home, 'lock'));
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    // SQLITE_BUSY; anything else (a full disk, a directory that may not be written) is told as it is.
    if ((error as { errcode?: number }).errcode !== 5) throw error;
    throw new Error(`Another agent already runs with ${home}. Stop it first, or give this one its own MAINSTAY_HOME.`, { cause: error });
  }
  return () => database.close();
}
