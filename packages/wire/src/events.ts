// Events: what happened, kept for ever with its cause; and the stream that brings them to open pages.

import { operationKinds, states } from '@mainstay/core/lifecycle';
import { stopRungs } from '@mainstay/core/server';
import { z } from 'zod';
import { agent } from './agents.ts';
import { bulkChange } from './bulk.ts';
import { agentId, operationId, page, pageQuery, serverId, time } from './common.ts';
import { copied, operation } from './operations.ts';
import { exit, reason, server } from './servers.ts';
import { usage } from './usage.ts';

/** Who or what brought an event about. */
export const cause = z.discriminatedUnion('by', [
  z.object({ by: z.literal('person'), who: z.string() }),
  z.object({ by: z.literal('operation'), who: z.string(), operation: z.enum(operationKinds) }),
  z.object({ by: z.literal('observation'), sequence: z.int() }),
  z.object({ by: z.literal('link') }),
  z.object({ by: z.literal('retention') }),
  z.object({ by: z.literal('measurement') }),
]);

/** The name of another server. */
const another = z.string().nullable().meta({ description: 'null: one that the reader may not see, or that is not there any more' });

export const happening = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('server-recorded'), state: z.enum(states), clonedFrom: another.optional() }),
  z.object({ kind: z.literal('server-state'), from: z.enum(states), to: z.enum(states), reason }),
  z.object({ kind: z.literal('server-configured'), fields: z.array(z.string()) }),
  z.object({ kind: z.literal('server-crashed'), exit, restarts: z.int().nullable() }),
  z.object({ kind: z.literal('server-data'), from: z.string(), to: z.string() }),
  z.object({ kind: z.literal('server-stopped-by'), rung: z.enum(stopRungs) }),
  z.object({ kind: z.literal('server-copied'), from: another, live: z.boolean(), ...copied.shape }),
  z.object({ kind: z.literal('server-lent'), to: another, live: z.boolean(), over: z.boolean() }),
  z.object({ kind: z.literal('server-ready') }),
  z.object({ kind: z.literal('server-purged'), dataRemoved: z.boolean() }),
  z.object({ kind: z.literal('server-quota'), over: z.boolean(), bytes: z.int(), quotaBytes: z.int().nullable() }),
  z.object({ kind: z.literal('purge-near'), purgeAt: z.int() }),
  z.object({ kind: z.literal('stray-found'), containerId: z.string() }),
  z.object({ kind: z.literal('operation-requested'), operation: z.enum(operationKinds) }),
  z.object({
    kind: z.literal('operation-ended'),
    operation: z.enum(operationKinds),
    outcome: z.enum(['succeeded', 'failed', 'cancelled']),
    detail: z.string().nullable(),
  }),
  z.object({ kind: z.literal('settings-changed'), settings: z.array(z.string()) }),
  z.object({ kind: z.literal('trash-emptied'), name: z.string().nullable() }),
  z.object({ kind: z.literal('template-saved'), templateId: z.string(), name: z.string(), version: z.int() }),
  z.object({ kind: z.literal('template-removed'), templateId: z.string(), name: z.string() }),
  z.object({ kind: z.literal('agent-joined') }),
  z.object({ kind: z.literal('agent-online') }),
  z.object({ kind: z.literal('agent-away') }),
  z.object({ kind: z.literal('agent-removed') }),
  z.object({ kind: z.literal('agent-configured'), name: z.string(), draining: z.boolean() }),
  z.object({ kind: z.literal('agent-disk'), nearlyFull: z.boolean(), freeBytes: z.int(), totalBytes: z.int() }),
  z.object({ kind: z.literal('agent-engine'), state: z.enum(['ok', 'unreachable', 'other']), detail: z.string().nullable() }),
]);

export const event = z
  .object({
    id: z.int(),
    at: time,
    serverId: serverId.nullable(),
    serverName: z.string().nullable(),
    agentId: agentId.nullable(),
    operationId: operationId.nullable(),
    cause,
    happening,
  })
  .meta({ id: 'Event' });

export const eventPage = page(event);
export const eventQuery = z.strictObject(pageQuery);

/**
 * One message of `GET /api/events` (`text/event-stream`, every message of type `change`). Those that carry an event
 * have its id, and the stream goes on behind `Last-Event-ID`. `server`, `agent` and `operation` are snapshots taken as it is
 * sent: whoever holds a list puts them in its place and needs to ask nothing. A `null` snapshot beside an id: it is gone.
 */
export const change = z
  .object({
    event: event.nullable().meta({ description: 'null: only progress' }),
    server: server.nullable().optional(),
    agent: agent.nullable().optional(),
    operation: operation.optional(),
    bulk: bulkChange.optional().meta({ description: 'What came of some of a bulk’s servers' }),
    usage: z.array(z.object({ serverId, usage })).optional().meta({ description: 'A host’s newest samples' }),
  })
  .meta({ id: 'Change' });

export type Cause = z.output<typeof cause>;
export type Happening = z.output<typeof happening>;
export type Event = z.output<typeof event>;
export type Change = z.output<typeof change>;
