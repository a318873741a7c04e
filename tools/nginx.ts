// Sees to an nginx for the tests of a proxy in front: the machine's, or Debian's package, unpacked and not installed, since
// installing it would start it on port 80.

import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runQuietly } from './command.ts';
import { findProgram, hasApt, isProgram } from './machine.ts';

const cache = join(import.meta.dirname, '../node_modules/.cache/mainstay-nginx');
const toDo = 'install nginx yourself';

/** Resolves with the program's path; rejects with one line that says what to do. */
export async function ensureNginx(): Promise<string> {
  const unpacked = join(cache, 'usr/sbin/nginx');
  const found = findProgram('nginx') ?? (isProgram(unpacked) ? unpacked : undefined);
  if (found !== undefined) return found;
  if (!hasApt()) throw new Error(`The tests need an nginx and found none: ${toDo}`);
  await mkdir(join(cache, '..'), { recursive: true });
  const working = await mkdtemp(`${cache}.`);
  try {
    await runQuietly('apt-get update', 'apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', 'update']);
    await runQuietly('apt-get download nginx', 'apt-get', ['-qq', 'download', 'nginx'], { cwd: working });
    const file = (await readdir(working)).find((name) => name.endsWith('.deb'));
    if (file === undefined) throw new Error(`apt-get download brought no nginx: ${toDo}`);
    await runQuietly('dpkg -x', 'dpkg', ['-x', join(working, file), join(working, 'root')]);
    await rm(cache, { recursive: true, force: true });
    await rename(join(working, 'root'), cache);
  } finally {
    await rm(working, { recursive: true, force: true });
  }
  if (isProgram(unpacked)) return unpacked;
  throw new Error(`The nginx package of this machine brings no nginx: ${toDo}`);
}
