// The data root: the one directory under which all servers' data is. It has an id of its own, in `root.json`, so that
// the bare mount point of a disk that did not come up is never taken for it. A root that is not the one used before is
// looked at by nobody and started from by nobody; it is never quietly begun anew.

import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '@mainstay/core/fault';
import { type InstallationId, idPattern } from '@mainstay/core/id';
import { z } from 'zod';
import { asJson, messageOf, readShaped, writeDurably } from './durable.ts';

const rootShape = z.strictObject({ rootId: z.uuid() });

export interface DataRoot {
  readonly path: string;
  readonly rootId: string;
  readonly installationId: InstallationId;
}

/**
 * The id of the data root at `path`: its own when it has one, else made, when this agent never used another.
 * @param known the id of the root that this agent used before; null: none
 */
export async function openRoot(path: string, known: string | null): Promise<string> {
  if (known !== null) return known;
  await mkdir(path, { recursive: true, mode: 0o700 });
  const file = join(path, 'root.json');
  const found = await readShaped(file, rootShape);
  if (found) return found.rootId;
  const rootId = randomUUID();
  await writeDurably(file, asJson({ rootId }));
  return rootId;
}

/** Why the data root cannot be used now; null when it can. */
export async function rootTrouble(root: DataRoot): Promise<string | null> {
  try {
    const found = await readShaped(join(root.path, 'root.json'), rootShape);
    if (found?.rootId === root.rootId) return null;
    return found
      ? `${root.path} is another data root than the one this host used before. Bring that one back, or set MAINSTAY_DATA_ROOT to where it is now.`
      : `${root.path} is not the data root that this host used before: it has no root.json. Is its disk mounted?`;
  } catch (error) {
    return `The data root ${root.path} cannot be read: ${messageOf(error)}`;
  }
}

/** A server's own directory. Ids are checked where they arrive and once more here, where they become a path. */
export function serverDirectory(root: DataRoot, serverId: string): string {
  if (!idPattern.test(serverId)) throw new Fault('invalid-request', 'Not the id of a server.');
  return join(root.path, serverId);
}
