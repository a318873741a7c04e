// Shapes that every noun shares: ids, times, pages.

import { type AgentId, type InstallationId, idPattern, type OperationId, type ServerId } from '@mainstay/core/id';
import { z } from 'zod';

/** An id as it is sent: a UUID, of `what`. */
export const id = <T extends string>(what: string) =>
  z
    .string()
    .regex(idPattern, `Not the id of ${what}.`)
    .transform((value) => value as T)
    .meta({ type: 'string', format: 'uuid' });

export const serverId = id<ServerId>('a server');
export const agentId = id<AgentId>('an agent');
export const operationId = id<OperationId>('an operation');
export const installationId = id<InstallationId>('an installation');

/** What an engine calls a container; it becomes a part of addresses and of labels' filters. */
export const containerId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/, 'Not the id of a container.');

/** Without control characters. Its pattern means the same in the JSON Schema, where patterns are read without flags. */
export const oneLine = (most: number) =>
  z
    .string()
    .max(most, `At most ${most} characters.`)
    .regex(/^[ -~\u00a0-\uffff]*$/, 'No control characters are possible here.');

/** Integer milliseconds UTC. */
export const time = z.int().min(0).meta({ description: 'Milliseconds since 1970-01-01 UTC' });

/** How a list is asked for, page by page. */
export const pageQuery = {
  cursor: z.string().max(400).optional().meta({ description: 'nextCursor of the page before' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
};

/** A page of a list: its items, and the cursor of the next (null: this is the last). */
export const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** A query parameter that is on or off. */
export const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((value) => value === 'true');
