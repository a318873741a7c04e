// One thing asked of many servers: a bulk. Durable like what it asks for: it goes on after a restart of the manager.

import type { BulkId } from '@mainstay/core/id';
import { states } from '@mainstay/core/lifecycle';
import { z } from 'zod';
import { agentId, operationId, serverId, time } from './common.ts';

/** What can be asked of many at once. */
export const bulkActions = ['start', 'stop', 'restart', 'rebuild', 'delete', 'restore', 'purge'] as const;

/** More than this is several bulks. */
export const mostServers = 1000;

const bulkId = z
  .uuid('Not the id of a bulk.')
  .transform((value) => value as string as BulkId)
  .meta({ type: 'string', format: 'uuid' });

/** Which servers: those named, or all that a list with this filter shows. */
const chosen = {
  serverIds: z
    .array(serverId)
    .min(1, 'Name a server.')
    .max(mostServers, `At most ${mostServers} servers at once.`)
    .refine((ids) => new Set(ids).size === ids.length, 'A server is named twice.')
    .optional(),
  filter: z
    .strictObject({ agentId: agentId.optional(), state: z.enum(states).optional(), q: z.string().max(100).optional() })
    .optional()
    .meta({ description: 'As of the list of servers; deleted ones only where the state says so' }),
};

/** `POST /api/servers/bulk` */
export const createBulk = z
  .strictObject({
    action: z.enum(bulkActions),
    ...chosen,
    atOncePerHost: z.int().min(1).max(50).default(8).meta({ description: 'So many of a host’s servers are seen to at a time' }),
    purge: z
      .strictObject({
        removeData: z.boolean(),
        archive: z.boolean().default(false),
        confirmCount: z.int().meta({ description: 'How many servers that is, typed' }),
      })
      .optional()
      .meta({ description: 'Needed to purge, and for nothing else' }),
  })
  .refine(({ serverIds, filter }) => (serverIds === undefined) !== (filter === undefined), {
    path: ['serverIds'],
    message: 'Name servers, or give a filter; not both.',
  })
  .refine(({ action, purge }) => (action === 'purge') === (purge !== undefined), {
    path: ['purge'],
    message: 'Say what becomes of the data to purge; to nothing else it belongs.',
  });

/**
 * What came of one server so far. `waiting`: not asked for yet. `asked`: its operation tells the rest. `refused`: and why. `left`:
 * the bulk was cancelled before its turn came.
 */
export const bulkItem = z.object({
  serverId,
  serverName: z.string(),
  state: z.enum(['waiting', 'asked', 'refused', 'left']),
  operationId: operationId.nullable(),
  detail: z.string().nullable(),
});

export const bulk = z
  .object({
    id: bulkId,
    action: z.enum(bulkActions),
    requestedBy: z.string(),
    createdAt: time,
    endedAt: time.nullable().meta({ description: 'When the last of them was asked for, refused or left; null: not yet' }),
    cancelled: z.boolean(),
    items: z.array(bulkItem),
  })
  .meta({ id: 'Bulk' });

export const bulkParams = z.object({ bulkId });

/** What changed of a bulk: its items that did. */
export const bulkChange = bulk.pick({ id: true, endedAt: true, cancelled: true, items: true });

export type Bulk = z.output<typeof bulk>;
export type BulkItem = z.output<typeof bulkItem>;
export type BulkChange = z.output<typeof bulkChange>;
export type CreateBulk = z.output<typeof createBulk>;
