// Small files that must survive a power loss: written beside, synced, renamed into place. A reader finds the old
// content or the new, never half of one.

import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';

/** Writes a file, mode 0600. One writer a path at a time is the caller's to see to. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const beside = `${path}.new`;
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  await syncDirectory(dirname(path));
}

/** The text that `readShaped` reads. */
export const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Makes a directory's entries (a rename, a new file) durable. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** @returns the file's text; null when there is none */
export const readText = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(nullWhenAbsent);

/**
 * @returns the file's value; null when there is no such file
 * @throws when it cannot be read, or holds something else
 */
export async function readShaped<T extends z.ZodType>(path: string, shape: T): Promise<z.output<T> | null> {
  const text = await readText(path);
  if (text === null) return null;
  try {
    return shape.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${path} does not hold what it should.`, { cause: error });
  }
}

/** For `catch`: a file that is not there is null, any other trouble stays one. */
export function nullWhenAbsent(error: unknown): null {
  if (errorCode(error) === 'ENOENT') return null;
  throw error;
}

/** `ENOENT` and the like, where the error has one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
