// What is remembered beside a copy of how it came about: by which operation, so that it is not made twice, and what it came to.

import { join } from 'node:path';
import { operationId, time } from '@mainstay/wire/common';
import { copied } from '@mainstay/wire/operations';
import { z } from 'zod';
import { asJson, readShaped, writeDurably } from '../durable.ts';

const copiedShape = z.strictObject({ operationId, at: time, copied });

const pathOf = (directory: string): string => join(directory, 'copied.json');

export const readCopied = (directory: string) => readShaped(pathOf(directory), copiedShape);
export const writeCopied = (directory: string, of: z.output<typeof copiedShape>): Promise<void> =>
  writeDurably(pathOf(directory), asJson(of));
