// Another server's data on this very host, copied by the kernel: sharing its blocks where the file system can.

import { constants } from 'node:fs';
import { copyFile, type FileHandle, open } from 'node:fs/promises';
import type { CopyEntry } from '@mainstay/wire/copies';
import { errorCode } from '../durable.ts';
import type { Lender } from './lender.ts';
import { asItWas, bytesOf, type Facts, factsOfOpen, type LentDirectory } from './lent-directory.ts';
import { isZero, writeAll } from './pieces.ts';
import { type Content, type Source, type SourceDirectory, triesMost } from './source.ts';

/** Up to this a file is copied in one call; a larger one in pieces, so that it can be told of and cut short. */
const oneCallBytes = 4 * 1024 * 1024;
const pieceBytes = 1024 * 1024;
/** Smaller pieces find more of the holes. */
const sparsePieceBytes = 64 * 1024;

/** What a file system answers that cannot share blocks, or not between these two. */
const cannotShare: ReadonlySet<string | undefined> = new Set(['ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'EINVAL', 'ENOSYS', 'ENOTTY', 'EPERM']);

interface Copying {
  readonly signal: AbortSignal;
  /** Whether the file system shares blocks; until the first file, that is tried. */
  shares: boolean;
}

export function ownSource(lender: Lender, signal: AbortSignal): Source {
  const copying: Copying = { signal, shares: true };
  return {
    begin: (count) => lender.begin(count, signal),
    volume: async (name) => new OwnDirectory(await lender.volume(name), copying),
  };
}

class OwnDirectory implements SourceDirectory {
  readonly #directory: LentDirectory;
  readonly #copying: Copying;

  constructor(directory: LentDirectory, copying: Copying) {
    this.#directory = directory;
    this.#copying = copying;
  }

  entries(): AsyncIterable<CopyEntry> {
    return this.#directory.entries();
  }

  async under(name: string): Promise<SourceDirectory | null> {
    const found = await this.#directory.under(name);
    return found && new OwnDirectory(found, this.#copying);
  }

  async content(entry: CopyEntry, path: string, copied: (bytes: number) => void): Promise<Content | null> {
    const file = await this.#directory.file(entry.name);
    if (file === null) return null;
    const { handle } = file;
    try {
      let { facts } = file;
      for (let tries = 1; ; tries += 1) {
        const mode = await copyContent(handle, facts, path, this.#copying, tries === 1 ? copied : () => undefined);
        const after = factsOfOpen(handle);
        const torn = !asItWas(facts, after);
        if (!torn || tries === triesMost) return { facts, torn, mode };
        facts = after;
      }
    } finally {
      await handle.close();
    }
  }

  close(): Promise<void> {
    return this.#directory.close();
  }
}

/** @returns the mode that the copy has by it; null: none that says anything */
async function copyContent(
  from: FileHandle,
  { size, sparse, mode }: Facts,
  path: string,
  copying: Copying,
  copied: (bytes: number) => void,
): Promise<number | null> {
  const source = `/proc/self/fd/${from.fd}`;
  if (copying.shares) {
    try {
      await copyFile(source, bytesOf(path), constants.COPYFILE_FICLONE_FORCE);
      copied(size);
      return mode;
    } catch (error) {
      if (!cannotShare.has(errorCode(error))) throw error;
      copying.shares = false;
    }
  }
  if (size > oneCallBytes || sparse) {
    await copyPieces(from, { size, sparse }, path, copying.signal, copied);
    return null;
  }
  await copyFile(source, bytesOf(path));
  copied(size);
  return mode;
}

/** What is zero in a file with holes is left out, and so is a hole again. */
async function copyPieces(
  from: FileHandle,
  { size, sparse }: Pick<Facts, 'size' | 'sparse'>,
  path: string,
  signal: AbortSignal,
  copied: (bytes: number) => void,
): Promise<void> {
  const to = await open(bytesOf(path), 'w', 0o600);
  try {
    const piece = Buffer.allocUnsafe(sparse ? sparsePieceBytes : pieceBytes);
    let done = 0;
    while (done < size) {
      signal.throwIfAborted();
      const { bytesRead } = await from.read(piece, 0, piece.length, done);
      if (bytesRead === 0) break;
      if (!sparse || !isZero(piece, bytesRead)) await writeAll(to, piece.subarray(0, bytesRead), done);
      done += bytesRead;
      copied(bytesRead);
    }
    await to.truncate(done);
  } finally {
    await to.close();
  }
}
