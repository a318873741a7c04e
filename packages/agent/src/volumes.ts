// What a server's volume directories look like now: one look at each, no symlink followed.

import { createHash } from 'node:crypto';
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { nullWhenAbsent } from './durable.ts';

export type VolumeSeen =
  | { readonly kind: 'gone' }
  /** Something that is no directory: a symlink, a file. */
  | { readonly kind: 'other' }
  | { readonly kind: 'directory'; readonly empty: boolean; readonly sameFileSystem: boolean };

export const volumesDirectory = (directory: string): string => join(directory, 'volumes');

/** @throws when it cannot be told (EIO, EACCES) */
export async function seeVolume(directory: string, name: string): Promise<VolumeSeen> {
  const path = join(volumesDirectory(directory), name);
  const [home, seen] = await Promise.all([lstat(directory), lstat(path).catch(nullWhenAbsent)]);
  if (seen === null) return { kind: 'gone' };
  if (!seen.isDirectory()) return { kind: 'other' };
  return { kind: 'directory', empty: await isEmpty(path), sameFileSystem: seen.dev === home.dev };
}

/** Whether a directory has no entry at all. */
export async function isEmpty(path: string): Promise<boolean> {
  const entries = await opendir(path);
  try {
    return (await entries.read()) === null;
  } finally {
    await entries.close();
  }
}

/**
 * The directory of a volume that the image declares and the record does not name: without one the engine would make an
 * anonymous volume, and the world in it would go with the container. The dot keeps it apart from every name a record can give.
 */
export function imageVolumeName(containerPath: string): string {
  const readable = containerPath
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
  return `image-${readable}.${createHash('sha256').update(containerPath).digest('hex').slice(0, 8)}`;
}

export const isImageVolume = (name: string): boolean => name.startsWith('image-') && name.includes('.');
