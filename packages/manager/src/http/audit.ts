// The audit log over HTTP: page by page, or all of it as a file.

import { Readable } from 'node:stream';
import { allAudit, formats, listAudit } from '../app/audit.ts';
import type { World } from '../world.ts';
import type { Handlers } from './bind.ts';

export function auditHandlers(world: World): Handlers<'listAudit' | 'exportAudit'> {
  const { db } = world.store;
  return {
    listAudit: async ({ query }) => listAudit(db, query),
    exportAudit: async ({ query: { format, ...filter } }, { reply }) => {
      const { mediaType, head, line } = formats[format];
      const lines = async function* () {
        yield head;
        for await (const entry of allAudit(db, filter)) yield line(entry);
      };
      reply.type(mediaType).header('content-disposition', `attachment; filename="mainstay-audit.${format}"`);
      return Readable.from(lines());
    },
  };
}
