// Archives: a server's whole directory (its volumes, its marker, its manifest) as one compressed file, made before a purge that was
// asked to. It is called after the server and the operation that made it, so that one that was interrupted is made again in the
// same place, and one that was finished is left alone.

import { createWriteStream } from 'node:fs';
import { lstat, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { OperationId, ServerId } from '@mainstay/core/id';
import type { Progress } from '@mainstay/wire/operations';
import { archiveId, serverOfKept } from '@mainstay/wire/trash';
import { create } from 'tar';
import { nullWhenAbsent, readText, syncDirectory, writeDurably } from './durable.ts';
import { readManifest } from './manifest.ts';
import type { DataRoot } from './root.ts';

const archivesOf = (root: DataRoot): string => join(root.path, '.archives');
/** What an archive is called for people stands beside it. */
const noteOf = (path: string): string => `${path}.name`;

/**
 * Makes the archive of a server's directory; nothing to do when this operation's is there.
 * @param total its size on disk, for the progress; null: not known
 */
export async function makeArchive(
  root: DataRoot,
  directory: string,
  of: { readonly serverId: ServerId; readonly operationId: OperationId; readonly total: number | null },
  report: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<void> {
  const path = join(archivesOf(root), `${of.serverId}.${of.operationId}.tar.gz`);
  if ((await lstat(path).catch(nullWhenAbsent)) !== null) return;
  await mkdir(archivesOf(root), { recursive: true, mode: 0o700 });
  const partial = `${path}.partial`;
  let done = 0;
  // Links are stored as links: nothing outside the directory gets in.
  const pack = create(
    {
      cwd: directory,
      gzip: true,
      onWriteEntry: (entry) => {
        done += entry.stat?.size ?? 0;
        report({ done, total: of.total === null ? null : Math.max(of.total, done), unit: 'bytes' });
      },
    },
    ['.'],
  );
  try {
    await pipeline(Readable.from(pack), createWriteStream(partial, { mode: 0o600, flush: true }), { signal });
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  const name = (await readManifest(directory).catch(() => null))?.spec.name;
  if (name !== undefined) await writeDurably(noteOf(path), name);
  await rename(partial, path);
  await syncDirectory(archivesOf(root));
}

export interface Archive {
  readonly id: string;
  readonly serverId: ServerId;
  readonly name: string | null;
  readonly bytes: number;
  /** ms UTC */
  readonly madeAt: number;
}

/** All archives on this host, the newest first. */
export async function listArchives(root: DataRoot): Promise<Archive[]> {
  const names = (await readdir(archivesOf(root)).catch(() => [])).filter((name) => archiveId.safeParse(name).success);
  const archives = await Promise.all(
    names.map(async (id) => {
      const path = join(archivesOf(root), id);
      const [file, name] = await Promise.all([stat(path), readText(noteOf(path)).catch(() => null)]);
      return { id, serverId: serverOfKept(id), name, bytes: file.size, madeAt: Math.round(file.mtimeMs) };
    }),
  );
  return archives.sort((a, b) => b.madeAt - a.madeAt);
}

/** Removes an archive for good; nothing to do when it is gone. */
export async function removeArchive(root: DataRoot, id: string): Promise<void> {
  const path = join(archivesOf(root), archiveId.parse(id));
  await rm(path, { force: true });
  await rm(noteOf(path), { force: true });
}
