// Files inside a volume, reached without ever following a link: each directory on the way is opened from the one before
// it, so that whatever a program has put in its volume leads nowhere else. Linux's own way: by open descriptors.

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { errorCode, messageOf, nullWhenAbsent } from './durable.ts';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** More is no file of settings. */
const sizeMost = 8 * 1024 * 1024;

/** It cannot be reached or read: why, as the end of a sentence. */
export class InsideTrouble extends Error {}

export interface Owner {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

export interface FoundFile {
  /** null: there is none. */
  readonly content: Buffer | null;
  /** Of the file; where there is none, of its directory. */
  readonly owner: Owner;
  /** Puts another content in its place: written beside it and renamed, so that half of it is never there. */
  readonly replace: (content: Buffer, owner: Owner) => Promise<void>;
}

/**
 * Opens a file of a volume for `work`.
 * @param create whether directories that are missing on the way are made
 * @returns what `work` returns; null when a directory on the way is not there
 * @throws InsideTrouble when a link is on the way, it is no ordinary file, or the host refuses it
 */
export async function insideVolume<T>(
  volume: string,
  path: string,
  create: boolean,
  work: (file: FoundFile) => Promise<T>,
): Promise<T | null> {
  const parts = path.split('/');
  const name = parts.pop() ?? '';
  let directory = await open(volume, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    for (const part of parts) {
      const next = await openDirectory(directory, part, create);
      if (next === null) return null;
      await directory.close();
      directory = next;
    }
    return await work(await fileIn(directory, name));
  } catch (error) {
    // What the file system refuses is the file's matter, whichever step met it.
    throw error instanceof Error && 'syscall' in error
      ? new InsideTrouble(`the host refused it: ${messageOf(error)}`, { cause: error })
      : error;
  } finally {
    await directory.close();
  }
}

/**
 * Each entry below a directory, itself left out: told as a path that leads to the entry itself, never through it.
 * @throws when it cannot be listed
 */
export async function eachBelow(directory: string, visit: (path: string) => Promise<void>): Promise<void> {
  const opened = await openEntry(directory);
  if (opened === null) return;
  try {
    for (const name of await readdir(entryOf(opened, '.'))) {
      await visit(entryOf(opened, name));
      await eachBelow(entryOf(opened, name), visit);
    }
  } finally {
    await opened.close();
  }
}

/** Opens a directory; null: it is none (any more), or a link. */
export function openEntry(path: string): Promise<FileHandle | null> {
  return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW).catch((error: unknown) => {
    if (['ENOTDIR', 'ELOOP', 'ENOENT', 'ENXIO'].includes(errorCode(error) ?? '')) return null;
    throw error;
  });
}

/** A path to an entry of an open directory, wherever that has been moved to. */
export const entryOf = (directory: FileHandle, name: string): string => `/proc/self/fd/${directory.fd}/${name}`;

async function openDirectory(directory: FileHandle, name: string, create: boolean): Promise<FileHandle | null> {
  const path = entryOf(directory, name);
  const there = () => open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    return await there();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      if (!create) return null;
      const { uid, gid } = await directory.stat();
      await mkdir(path);
      const made = await there();
      await made.chown(uid, gid).catch(() => undefined);
      return made;
    }
    if (errorCode(error) === 'ELOOP' || errorCode(error) === 'ENOTDIR') {
      throw new InsideTrouble(`“${name}” on its way is no directory, and links are not followed`);
    }
    throw error;
  }
}

async function fileIn(directory: FileHandle, name: string): Promise<FoundFile> {
  const replace: FoundFile['replace'] = (content, owner) => replaceIn(directory, name, content, owner);
  // Looked at before it is opened: the opening of a device alone can do something.
  const seen = await lstat(entryOf(directory, name)).catch(nullWhenAbsent);
  if (seen === null) return { content: null, owner: await directory.stat(), replace };
  if (seen.isSymbolicLink()) throw new InsideTrouble('it is a link, and links are not followed');
  if (!seen.isFile()) throw new InsideTrouble('it is no ordinary file');
  const file = await open(entryOf(directory, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const owner = await file.stat();
    if (!owner.isFile()) throw new InsideTrouble('it is no ordinary file');
    if (owner.size > sizeMost) throw new InsideTrouble(`it is larger than ${sizeMost / 1024 / 1024} MiB`);
    return { content: await file.readFile(), owner, replace };
  } finally {
    await file.close();
  }
}

/** What a file's next content is written to: a name of the file's own, so that one left behind by a kill is found again. */
export const besideOf = (name: string): string => `.mainstay-${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;

/** One writer a file at a time is the caller's to see to. */
async function replaceIn(directory: FileHandle, name: string, content: Buffer, { uid, gid, mode }: Owner): Promise<void> {
  const beside = entryOf(directory, besideOf(name));
  await rm(beside, { force: true });
  const file = await open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    await file.writeFile(content);
    const made = await file.stat();
    if (made.uid !== uid || made.gid !== gid) await file.chown(uid, gid);
    await file.chmod(mode & 0o777);
    await file.sync();
    await rename(beside, entryOf(directory, name));
    await directory.sync();
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}
