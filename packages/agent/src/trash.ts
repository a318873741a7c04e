// The trash: where a server's directory goes before it goes for good. Moving is a rename, so it is done or not done;
// what lay there for long enough is removed later, without following links.

import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { syncDirectory } from './durable.ts';
import type { DataRoot } from './root.ts';

const trashOf = (root: DataRoot): string => join(root.path, '.trash');

/** Moves a server's directory into the trash. */
export async function moveToTrash(root: DataRoot, directory: string, now: number): Promise<void> {
  const trash = trashOf(root);
  await mkdir(trash, { recursive: true, mode: 0o700 });
  await rename(directory, join(trash, `${basename(directory)}.${now}`));
  await syncDirectory(trash);
  await syncDirectory(root.path);
}

/**
 * Removes for good what was put in the trash at `before` or earlier, by the time in its name.
 * @returns what could not be removed, with why
 */
export async function emptyTrash(root: DataRoot, before: number): Promise<{ name: string; error: unknown }[]> {
  const trash = trashOf(root);
  const there = await lstat(trash).catch(() => null);
  if (!there?.isDirectory()) return [];
  const failed: { name: string; error: unknown }[] = [];
  for (const name of await readdir(trash)) {
    const movedAt = /^[0-9a-f-]{36}\.(\d+)$/.exec(name)?.[1];
    if (movedAt === undefined || Number(movedAt) > before) continue;
    await rm(join(trash, name), { recursive: true, force: true }).catch((error: unknown) => failed.push({ name, error }));
  }
  return failed;
}
