// Small disks of a test's own, which it may fill up or have fail. They are unmounted with what is on them: an installation's or
// an engine's close sees to those below its directory, the run's end to all.

import { execFile as execFileCallback } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const execFile = promisify(execFileCallback);

/** A file with a file system in it, mounted at `place`. What it cannot write it answers with being read-only from then on. */
export async function mountDisk(place: string, megabytes: number): Promise<void> {
  mkdirSync(place, { recursive: true });
  const file = `${place}.disk`;
  await execFile('truncate', ['--size', `${megabytes}M`, file]);
  await execFile('mkfs.ext4', ['-q', '-m', '0', file]);
  await mountAgain(place);
}

/** Mounts once more what `mountDisk` made, checked and mended. */
export async function mountAgain(place: string): Promise<void> {
  // 1: it mended something.
  await execFile('e2fsck', ['-fy', `${place}.disk`]).catch((error: { code?: number }) => {
    if (error.code !== 1) throw error;
  });
  await execFile('mount', ['-o', 'loop,errors=remount-ro', `${place}.disk`, place]);
}

export async function unmount(place: string): Promise<void> {
  await execFile('umount', [place]);
}

/** The disk reports an error, at which the kernel makes it read-only. */
export function breakDisk(place: string): void {
  const device = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .find((line) => line.split(' ')[1] === place)
    ?.split(' ')[0];
  writeFileSync(`/sys/fs/ext4/${basename(device ?? '')}/trigger_fs_error`, '1');
}

/** Writes until nothing more fits. @returns the file that has to go for there to be room again */
export function fillDisk(place: string): string {
  const filler = join(place, 'filler');
  const file = openSync(filler, 'w');
  try {
    for (const size of [1024 * 1024, 4096, 1]) writeUntilFull(file, Buffer.alloc(size, 1));
  } finally {
    closeSync(file);
  }
  return filler;
}

function writeUntilFull(file: number, piece: Buffer): void {
  try {
    for (;;) writeSync(file, piece);
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOSPC') throw error;
  }
}

/** Makes what is at `place` read-only, or not so any more, for whoever opens a file there from then on. */
export async function readOnly(place: string, on: boolean): Promise<void> {
  if (on) await execFile('mount', ['--bind', place, place]);
  await execFile('mount', ['-o', `remount,bind,${on ? 'ro' : 'rw'}`, place]);
}
