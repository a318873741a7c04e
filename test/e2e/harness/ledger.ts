// What a run makes, written down before it is used: installations' ids and our processes' ids, in the run's own
// directory. Whoever clears up after a crash, or wants to know that nothing was left, reads it there.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const variable = 'MAINSTAY_TEST_RUN';

/** Begins a run, unless one is under way here; the processes that this one starts from now on belong to it. */
export function openRun(): string {
  const open = process.env[variable];
  if (open !== undefined && existsSync(open)) return open;
  const directory = mkdtempSync(join(tmpdir(), 'mainstay-run-'));
  process.env[variable] = directory;
  return directory;
}

/** The directory of the run that this process belongs to. */
export function runDirectory(): string {
  return process.env[variable] ?? openRun();
}

/** A new directory of its own below the run's. */
export function ownDirectory(what: string): string {
  return mkdtempSync(join(runDirectory(), `${what}-`));
}

export function note(kind: 'installations' | 'processes', id: string): void {
  const directory = join(runDirectory(), kind);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, id), '');
}

export function noted(kind: 'installations' | 'processes'): string[] {
  try {
    return readdirSync(join(runDirectory(), kind));
  } catch {
    return [];
  }
}

/** Ends what is left of the run's processes, and removes its directory. */
export function closeRun(): void {
  const directory = runDirectory();
  for (const id of noted('processes')) if (isOurs(id, directory)) process.kill(Number(id), 'SIGKILL');
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}

/** Whether a process id is still that of a program that this run started: its environment names the run. */
function isOurs(id: string, directory: string): boolean {
  try {
    return readFileSync(`/proc/${id}/environ`, 'utf8').split('\0').includes(`${variable}=${directory}`);
  } catch {
    return false;
  }
}
