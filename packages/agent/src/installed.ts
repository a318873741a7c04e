// What is remembered of a server's installation, beside its data: how the last operation's script ended. Gone with the data,
// so that what is begun anew is installed anew.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { operationId, time } from '@mainstay/wire/common';
import { z } from 'zod';
import { asJson, readShaped, writeDurably } from './durable.ts';

const installedShape = z.strictObject({ operationId, at: time, failure: z.string().nullable() });
export type Installed = z.output<typeof installedShape>;

const pathOf = (directory: string): string => join(directory, 'installed.json');

export const readInstalled = (directory: string): Promise<Installed | null> => readShaped(pathOf(directory), installedShape);
export const writeInstalled = (directory: string, installed: Installed): Promise<void> =>
  writeDurably(pathOf(directory), asJson(installed));
export const forgetInstalled = (directory: string): Promise<void> => rm(pathOf(directory), { force: true });
