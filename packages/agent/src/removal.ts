// A tree removed for good, whoever moves names about in it meanwhile: each directory is opened from the one before it and its
// entries are removed from there, so that a link put in a directory's place leads nowhere.

import { randomUUID } from 'node:crypto';
import { type FileHandle, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { nullWhenAbsent } from './durable.ts';
import { entryOf, openEntry } from './inside.ts';

/** A directory stays open for each level; what lies deeper is brought up first, so that no depth can use all of them up. */
const deepest = 64;

/** Nothing to do when it is gone; a link goes and what it leads to stays. @throws what the file system refuses */
export async function removeTree(path: string): Promise<void> {
  const top = await openEntry(path);
  if (top === null) {
    await unlink(path).catch(nullWhenAbsent);
    return;
  }
  try {
    while ((await emptied(top, top, 1)) === 'brought up') {}
  } finally {
    await top.close();
  }
  await rmdir(path).catch(nullWhenAbsent);
}

async function emptied(top: FileHandle, directory: FileHandle, depth: number): Promise<'whole' | 'brought up'> {
  let left: 'whole' | 'brought up' = 'whole';
  for (const entry of await readdir(entryOf(directory, '.'), { withFileTypes: true })) {
    const path = entryOf(directory, entry.name);
    const opened = entry.isDirectory() ? await openEntry(path) : null;
    if (opened === null) {
      await unlink(path).catch(nullWhenAbsent);
      continue;
    }
    try {
      if (depth === deepest) {
        await rename(path, entryOf(top, randomUUID())).catch(nullWhenAbsent);
        left = 'brought up';
        continue;
      }
      if ((await emptied(top, opened, depth + 1)) === 'brought up') left = 'brought up';
    } finally {
      await opened.close();
    }
    await rmdir(path).catch(nullWhenAbsent);
  }
  return left;
}
