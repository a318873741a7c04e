// The marker beside a server's volumes: whose they are, which of them ever had content, and whether each was on the
// server directory's own file system. It is what tells a lost world from a new one.

import { join } from 'node:path';
import { installationId, serverId } from '@mainstay/wire/common';
import { z } from 'zod';
import { asJson, readShaped, writeDurably } from './durable.ts';

const markerShape = z.strictObject({
  serverId,
  installationId,
  rootId: z.uuid(),
  volumes: z.record(
    z.string(),
    z.strictObject({
      /** Once true, always true. */
      hadContent: z.boolean(),
      /** false: a disk of its own was mounted there. Follows what is seen until there is content, then it stands. */
      sameFileSystem: z.boolean(),
    }),
  ),
});
export type Marker = z.output<typeof markerShape>;

export const markerName = 'marker.json';

/** null when there is none. */
export const readMarker = (directory: string): Promise<Marker | null> => readShaped(join(directory, markerName), markerShape);

export const writeMarker = (directory: string, marker: Marker): Promise<void> => writeDurably(join(directory, markerName), asJson(marker));
