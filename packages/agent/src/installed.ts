// What is remembered of a server's installation, beside its data: how the last operation's script ended. Gone with the data,
// so that what is begun anew is installed anew.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { operationId, time } from '@mainstay/wire/common';
import { z } from 'zod';
import { asJson, readShaped, writeDurably } from './durable.ts';

/** `volume`: the one that it was installed into; an earlier agent did not say. */
const installedShape = z.strictObject({ operationId, at: time, failure: z.string().nullable(), volume: z.string().optional() });
export type Installed = z.output<typeof installedShape>;

const pathOf = (directory: string): string => join(directory, 'installed.json');

export const readInstalled = (directory: string): Promise<Installed | null> => readShaped(pathOf(directory), installedShape);
export const writeInstalled = (directory: string, installed: Installed): Promise<void> =>
  writeDurably(pathOf(directory), asJson(installed));

/** What was lost is installed anew; over volumes that are whole the script is not run again. */
export async function forgetLost(
  directory: string,
  { marker, gone }: { readonly marker: unknown; readonly gone: readonly string[] },
): Promise<void> {
  const installed = await readInstalled(directory);
  if (installed === null) return;
  const isWhole = marker !== null && installed.volume !== undefined && !gone.includes(installed.volume);
  if (!isWhole) await rm(pathOf(directory), { force: true });
}
