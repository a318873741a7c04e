// Where a copy is while it is not whole: beside the servers' directories, never in one's place, called after the server that it is
// for and the operation that makes it. Once whole it is moved into its place, by a rename.

import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '@mainstay/core/fault';
import type { OperationId, ServerId } from '@mainstay/core/id';
import { nullWhenAbsent, syncDirectory } from '../durable.ts';
import { markerName } from '../marker.ts';
import { removeTree } from '../removal.ts';
import { type DataRoot, serverDirectory } from '../root.ts';

const copiesOf = (root: DataRoot): string => join(root.path, '.copies');

export interface Staging {
  readonly path: string;
  /** Whether an earlier try has begun it. */
  readonly again: boolean;
}

/** The directory of this operation's copy, made where there is none; those of others for the server go. */
export async function openStaging(root: DataRoot, serverId: ServerId, operationId: OperationId): Promise<Staging> {
  const own = `${serverId}.${operationId}`;
  await dropStagings(root, serverId, own);
  const path = join(copiesOf(root), own);
  await mkdir(copiesOf(root), { recursive: true, mode: 0o700 });
  const again = (await lstat(path).catch(nullWhenAbsent)) !== null;
  await mkdir(join(path, 'volumes'), { recursive: true, mode: 0o700 });
  return { path, again };
}

/** Of copies for a server that are not whole nothing is left, but of the one called `kept`. */
export async function dropStagings(root: DataRoot, serverId: ServerId, kept: string | null = null): Promise<void> {
  for (const name of await readdir(copiesOf(root)).catch(() => [])) {
    if (name.startsWith(`${serverId}.`) && name !== kept) await removeTree(join(copiesOf(root), name));
  }
}

/** Moves it into its server's place. @throws Fault `data-foreign` when something is there already */
export async function place(root: DataRoot, serverId: ServerId, staging: string): Promise<void> {
  await syncFileSystem(staging);
  const directory = serverDirectory(root, serverId);
  if ((await lstat(directory).catch(nullWhenAbsent)) !== null) throw placeTaken(directory);
  await rename(staging, directory);
  await syncDirectory(copiesOf(root));
  await syncDirectory(root.path);
}

export const placeTaken = (directory: string): Fault =>
  new Fault('data-foreign', `${directory} is there already. Move it away, and start the server again.`);

/** One call for all of it: a million files, each synced by itself, take the disk longer than their copying. */
async function syncFileSystem(path: string): Promise<void> {
  await promisify(execFile)('sync', ['-f', path]);
}

/** What must be left for the worlds that grow on this disk. */
export const reserveBytes = 1024 ** 3;

/** @throws Fault `refused-by-host` when so much more could fill the disk */
export async function refuseFull(root: DataRoot, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(root.path);
  if (bavail * bsize < bytes + reserveBytes) throw noRoom();
}

export const noRoom = (): Fault =>
  new Fault('refused-by-host', 'The host’s disk has too little room for a copy of the data. Make room there, or clone to another host.');

/** Whether a copy of a server on the same disk takes no room: its file system shares blocks. */
export async function sharesBlocks(directory: string, staging: string): Promise<boolean> {
  const probe = join(staging, 'probe');
  try {
    await copyFile(join(directory, markerName), probe, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false;
  } finally {
    await rm(probe, { force: true });
  }
}
