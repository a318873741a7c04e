// Operations as they cross a boundary.

import { faultCodes } from '@mainstay/core/fault';
import { operationKinds, operationStates } from '@mainstay/core/lifecycle';
import { z } from 'zod';
import { operationId, page, pageQuery, serverId, time } from './common.ts';

export const progress = z.object({
  done: z.number().min(0),
  total: z.number().min(0).nullable().meta({ description: 'null: not known yet' }),
  unit: z.enum(['steps', 'bytes', 'seconds']),
  files: z.int().min(0).optional().meta({ description: 'Files done' }),
  said: z.string().max(300).optional().meta({ description: 'What the program at work has said last' }),
});

/** What a copy of a server's data came to. */
export const copied = z.strictObject({
  bytes: z.int().min(0),
  files: z.int().min(0),
  leftOut: z.int().min(0).meta({ description: 'Sockets, pipes and devices' }),
  torn: z.int().min(0).meta({ description: 'Files that changed while they were copied, and did not rest' }),
});

export const operation = z
  .object({
    id: operationId,
    serverId,
    serverName: z.string(),
    kind: z.enum(operationKinds),
    state: z.enum(operationStates),
    step: z.string().nullable().meta({ description: 'The step under way, or the last one' }),
    progress: progress.nullable(),
    waitingFor: z.string().nullable().meta({ description: 'What a waiting operation waits for' }),
    source: z
      .object({ serverId, rests: z.boolean() })
      .nullable()
      .meta({ description: 'The server whose data it copies now, and whether that one must not run meanwhile; null: it copies none' }),
    cancellable: z.boolean(),
    error: z.object({ code: z.enum(faultCodes), detail: z.string() }).nullable(),
    requestedBy: z.string(),
    createdAt: time,
    startedAt: time.nullable(),
    endedAt: time.nullable(),
  })
  .meta({ id: 'Operation' });

export const operationPage = page(operation);
export const operationQuery = z.strictObject(pageQuery);

export type Operation = z.output<typeof operation>;
export type Copied = z.output<typeof copied>;
export type Progress = z.output<typeof progress>;
