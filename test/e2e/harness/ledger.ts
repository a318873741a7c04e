// What a run makes, written down before it is used: installations' ids, our processes' ids and the networks of its own, in
// the run's own directory. Whoever clears up after a crash, or wants to know that nothing was left, reads it there.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

type Noted = 'installations' | 'processes' | 'networks';

export function note(kind: Noted, id: string): void {
  const directory = join(runDirectory(), kind);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, id), '');
}

export function noted(kind: Noted): string[] {
  try {
    return readdirSync(join(runDirectory(), kind));
  } catch {
    return [];
  }
}

/** Ends what is left of the run's processes, mounts and networks, and removes its directory. */
export function closeRun(): void {
  const directory = runDirectory();
  // An engine's own programs are started by it, and so is what runs in its containers: neither is noted.
  if (noted('networks').length > 0) for (const id of processesOf(directory)) end(id);
  for (const id of noted('processes')) if (isOurs(id, directory)) end(id);
  for (const place of mountedBelow(directory)) execFileSync('umount', ['--lazy', place]);
  for (const name of noted('networks')) if (existsSync(`/var/run/netns/${name}`)) execFileSync('ip', ['netns', 'del', name]);
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}

function end(id: string): void {
  try {
    process.kill(Number(id), 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** Mounts below a directory, the innermost first. */
export function mountedBelow(directory: string): string[] {
  const places = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  return places.filter((place) => place.startsWith(`${directory}/`)).reverse();
}

/** Every process in a network of this run, of an engine of it or in a container of that; never this one. */
function processesOf(directory: string): string[] {
  const networks = new Set(noted('networks').flatMap((name) => inodeOf(`/var/run/netns/${name}`)));
  return readdirSync('/proc').filter((id) => {
    if (!/^\d+$/.test(id) || Number(id) === process.pid) return false;
    const inNetwork = inodeOf(`/proc/${id}/ns/net`).some((inode) => networks.has(inode));
    return inNetwork || isShimOf(id, directory) || isContainedIn(id, directory);
  });
}

function inodeOf(path: string): number[] {
  try {
    return [statSync(path).ino];
  } catch {
    return [];
  }
}

/** What holds a container of an engine in this directory: its command line names it. */
function isShimOf(id: string, directory: string): boolean {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(`${directory}/`) && isOurs(id, directory);
  } catch {
    return false;
  }
}

/** Whether it has mounts of its own, and they are in this directory: a container's, whose engine and shim may be gone. */
function isContainedIn(id: string, directory: string): boolean {
  try {
    if (inodeOf(`/proc/${id}/ns/mnt`)[0] === inodeOf('/proc/self/ns/mnt')[0]) return false;
    return readFileSync(`/proc/${id}/mountinfo`, 'utf8').includes(`=${directory}/dockerd-`);
  } catch {
    return false;
  }
}

/** Whether a process id is still that of a program that this run started: its environment names the run. */
function isOurs(id: string, directory: string): boolean {
  try {
    return readFileSync(`/proc/${id}/environ`, 'utf8').split('\0').includes(`${variable}=${directory}`);
  } catch {
    return false;
  }
}
