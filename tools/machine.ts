// What this machine is and has, for the set-up: programs, Debian's packages, root.
// It looks on every call and remembers nothing, because the set-up changes the very things it looks at.

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runQuietly } from './command.ts';

// Daemons live in sbin, which a user's PATH often leaves out.
const ALWAYS_SEARCHED = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The full path of a program, or undefined when the machine has none of that name. */
export function findProgram(name: string, path = process.env.PATH ?? ''): string | undefined {
  const folders = [...path.split(delimiter), ...ALWAYS_SEARCHED].filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Debian or a descendant such as Ubuntu, with its package manager. */
export function hasApt(): boolean {
  return existsSync('/etc/debian_version') && findProgram('apt-get') !== undefined;
}

/** Whether systemd is in charge, as sd_booted(3) tells it. */
export function systemdRuns(): boolean {
  return existsSync('/run/systemd/system');
}

/** Installs Debian packages as root, asking nothing; waits for another apt that is at work. Rejects with one line. */
export async function aptInstall(packages: readonly string[]): Promise<void> {
  const quiet = ['-qq', '-o', 'DPkg::Lock::Timeout=300'];
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runQuietly('apt-get update', 'apt-get', [...quiet, 'update'], { environment });
  await runQuietly(
    `apt-get install ${packages.join(' ')}`,
    'apt-get',
    [...quiet, 'install', '--yes', '--no-install-recommends', ...packages],
    { environment },
  );
}
