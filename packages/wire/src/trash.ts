// What a host keeps of servers that were purged: their data in its trash, and archives made of it.

import type { ServerId } from '@mainstay/core/id';
import { z } from 'zod';
import { agentId, serverId, time } from './common.ts';
import { serverName } from './servers.ts';

/** The name of a directory in the trash: the server's id and when it was moved there. It is no path. */
export const trashId = z.string().regex(/^[0-9a-f-]{36}\.\d{1,16}$/, 'Not the id of something in the trash.');
export const archiveId = z.string().regex(/^[0-9a-f-]{36}\.[0-9a-f-]{36}\.tar\.gz$/, 'Not the id of an archive.');

/** The server that something in the trash, or an archive, is of. */
export const serverOfKept = (id: string): ServerId => id.slice(0, 36) as ServerId;

const kept = {
  serverId,
  name: z.string().nullable().meta({ description: 'What it was called; null: that is not known' }),
  bytes: z.int().nullable(),
};

export const trashed = z.object({ id: trashId, ...kept, movedAt: time });
export const archive = z.object({ id: archiveId, ...kept, madeAt: time });

export const trash = z
  .object({
    days: z.int().nullable().meta({ description: 'Days that something stays in the trash of this host; null: until somebody empties it' }),
    items: z.array(trashed.extend({ emptiedAt: time.nullable().meta({ description: 'When it goes for good by itself; null: never' }) })),
    archives: z.array(archive),
  })
  .meta({ id: 'Trash' });

export const trashParams = z.object({ agentId, trashId });
export const archiveParams = z.object({ agentId, archiveId });

/** `POST …/trash/:trashId/restore` */
export const restoreTrashed = z.strictObject({
  name: serverName.optional().meta({ description: 'What it is to be called; left out: as it was' }),
});

/** What is removed for good is confirmed by its server's name, or its id where no name is known. */
export const emptyTrashQuery = z.strictObject({ confirmName: z.string().max(100) });

export type Trash = z.output<typeof trash>;
