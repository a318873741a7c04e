// The database's file, as a file: whether one should be there, and whether the one that is open is still the one there. A
// record that is gone is never begun anew by surprise, and one that was moved away under the manager is saved beside its place.

import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '@mainstay/core/fault';

/** Says beside the database that there is one: what a first start finds is not what a start finds whose database was lost. */
const markerFile = (directory: string) => join(directory, 'installation');

/** @throws Fault when there was a database here, and there is none any more */
export function refuseLost(directory: string, database: string): void {
  const marker = markerFile(directory);
  if (!existsSync(marker) || !isMissing(database)) return;
  throw new Fault(
    'internal',
    `The database ${database} is ${existsSync(database) ? 'empty' : 'gone'}, and ${marker} says that there was one. Nothing was begun anew. ` +
      `Put the database back, or a copy of it; to begin a new, empty record instead, move ${marker} away.`,
  );
}

/** From now on a database that is not there was lost. */
export function noteDatabase(directory: string, installationId: string): void {
  const marker = markerFile(directory);
  if (!existsSync(marker)) writeFileSync(marker, `The database of installation ${installationId} is beside this file.\n`, { mode: 0o600 });
}

function isMissing(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0;
}

/** What tells one file from another at the same path. @returns null: none is there; undefined: the disk does not say */
export function fileAt(path: string): string | null | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined ? null : `${found.dev}:${found.ino}`;
  } catch {
    return undefined;
  }
}

/** The path, or the first with a number behind it where nothing is yet. */
export function freePath(path: string): string {
  for (let n = 0; ; n += 1) {
    const candidate = n === 0 ? path : `${path}.${n}`;
    if (!existsSync(candidate)) return candidate;
  }
}
