// A directory whose content is copied, held open. What is in it is reached from its descriptor and never through a link, so
// that a program that runs meanwhile leads nobody out of its volume. File names are bytes, one a character.

import { constants, fstatSync, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, opendir, readlink } from 'node:fs/promises';
import type { CopyEntry } from '@mainstay/wire/copies';
import { errorCode } from '../durable.ts';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** st_blocks counts in these, whatever the file system's own block is. */
const blockBytes = 512;
/** Entries that are looked at side by side. */
const looksAtOnce = 64;

/** A path of such names as the file system takes it. */
export const bytesOf = (path: string): Buffer => Buffer.from(path, 'latin1');
/** A path of ours as such names are put behind it. */
export const namesOf = (path: string): string => Buffer.from(path).toString('latin1');

export type Facts = Omit<CopyEntry, 'name'>;

/** An open file; the caller's to close. */
export interface LentFile {
  readonly handle: FileHandle;
  readonly facts: Facts;
}

export class LentDirectory {
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** @throws when it is a link, or no directory */
  static async open(path: string): Promise<LentDirectory> {
    return new LentDirectory(await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  }

  /** A directory in it; null: it is gone, or none any more. */
  async under(name: string): Promise<LentDirectory | null> {
    const handle = await open(this.#at(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW).catch(nullWhenChanged);
    return handle && new LentDirectory(handle);
  }

  /** A directory below it; null: there is none. It is the caller's to close, where it is another. */
  async below(path: readonly string[]): Promise<LentDirectory | null> {
    let found: LentDirectory | null = this;
    for (const name of path) {
      const next: LentDirectory | null = await found.under(name);
      if (found !== this) await found.close();
      if (next === null) return null;
      found = next;
    }
    return found;
  }

  /** An ordinary file in it, to be read, as it is now; null: it is gone, or none any more. */
  async file(name: string): Promise<LentFile | null> {
    const handle = await open(this.#at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(nullWhenChanged);
    if (handle === null) return null;
    const facts = factsOfOpen(handle);
    if (facts.kind === 'file') return { handle, facts };
    await handle.close();
    return null;
  }

  async facts(): Promise<Facts> {
    return factsOf(await this.#handle.stat(), null);
  }

  async *names(): AsyncGenerator<string> {
    const listing = await opendir(`/proc/self/fd/${this.#handle.fd}`, { encoding: 'latin1', bufferSize: 256 });
    for await (const { name } of listing) yield name;
  }

  async *entries(): AsyncGenerator<CopyEntry> {
    const names: string[] = [];
    for await (const name of this.names()) {
      names.push(name);
      if (names.length === looksAtOnce) yield* await this.seen(names.splice(0));
    }
    yield* await this.seen(names);
  }

  /** What stands under these names, without those that are gone. */
  async seen(names: readonly string[]): Promise<CopyEntry[]> {
    const entries = await Promise.all(names.map((name) => this.#entry(name)));
    return entries.filter((entry) => entry !== null);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async #entry(name: string): Promise<CopyEntry | null> {
    const seen = await lstat(this.#at(name)).catch(nullWhenChanged);
    if (seen === null) return null;
    const to = seen.isSymbolicLink() ? await readlink(this.#at(name), { encoding: 'latin1' }).catch(nullWhenChanged) : null;
    if (seen.isSymbolicLink() && to === null) return null;
    return { name, ...factsOf(seen, to) };
  }

  #at(name: string): Buffer {
    return bytesOf(`/proc/self/fd/${this.#handle.fd}/${name}`);
  }
}

export function factsOf(seen: Stats, to: string | null): Facts {
  const kind = seen.isFile() ? 'file' : seen.isDirectory() ? 'directory' : seen.isSymbolicLink() ? 'link' : 'other';
  return {
    kind,
    mode: seen.mode & 0o7777,
    uid: seen.uid,
    gid: seen.gid,
    modifiedMs: seen.mtimeMs,
    size: kind === 'file' ? seen.size : 0,
    sparse: kind === 'file' && seen.blocks * blockBytes < seen.size,
    to,
    shared: kind === 'file' && seen.nlink > 1 ? `${seen.dev}:${seen.ino}` : null,
  };
}

/** What is known of an open file is in the kernel's memory: asking there and then is quicker than having it asked by a thread. */
export const factsOfOpen = ({ fd }: FileHandle): Facts => factsOf(fstatSync(fd), null);

/** Times come through as floating milliseconds: finer than this they are not told apart. */
const sameTimeMs = 0.01;

/** Whether a file is as it was, by what every writing changes. */
export function asItWas(before: Pick<Facts, 'size' | 'modifiedMs'>, after: Pick<Facts, 'size' | 'modifiedMs'>): boolean {
  return before.size === after.size && Math.abs(before.modifiedMs - after.modifiedMs) < sameTimeMs;
}

/** For `catch`: what is gone, or has become a link or no directory, is null. */
function nullWhenChanged(error: unknown): null {
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR' || code === 'ENXIO' || code === 'EINVAL') return null;
  throw error;
}
