// Sees to the programs with which the tests make networks and small disks of their own: the machine's, or Debian's packages.

import { aptInstall, findProgram, hasApt, isRoot } from './machine.ts';
import { type Say, step } from './step.ts';

/** Each program with the package that brings it. */
const needed = { ip: 'iproute2', socat: 'socat', nsenter: 'util-linux', 'mkfs.ext4': 'e2fsprogs', e2fsck: 'e2fsprogs' } as const;

/** Rejects with one line that says what to do. */
export async function ensureNetworkTools({ say }: { say: Say }): Promise<void> {
  const missing = Object.entries(needed).flatMap(([program, inPackage]) => (findProgram(program) === undefined ? [inPackage] : []));
  const packages = [...new Set(missing)];
  if (packages.length === 0) return;
  const list = packages.join(' ');
  if (!isRoot() || !hasApt())
    throw new Error(`The tests need ${list}: install what is missing, or run this once as root on Debian or Ubuntu`);
  await step(say, `Installed ${list}`, () => aptInstall(packages));
}
