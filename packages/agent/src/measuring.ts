// What servers take of this host’s disk, volume by volume, and what is kept of purged ones. Counted one server after the other:
// nobody waits for it.

import { lstat, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerId } from '@mainstay/core/id';
import { type DiskReport, measureWithinMs } from '@mainstay/wire/disk';
import { listArchives } from './archive.ts';
import type { Clock } from './clock.ts';
import type { Data } from './data.ts';
import { nullWhenAbsent } from './durable.ts';
import { type DataRoot, rootTrouble } from './root.ts';
import { createDiskCounter } from './size.ts';
import { trashOf } from './trash.ts';
import { volumesDirectory } from './volumes.ts';

/** Less than the manager waits for an answer. */
const countWithinMs = 0.8 * measureWithinMs;

export type Measure = (serverIds: readonly ServerId[], signal: AbortSignal) => Promise<DiskReport>;

export function createMeasuring(root: DataRoot, data: Data, clock: Clock): Measure {
  const counter = createDiskCounter(clock);
  // Two that count at once would only take longer.
  let turn: Promise<unknown> = Promise.resolve();

  const volumesOf = async (serverId: ServerId) => {
    if ((await data.look(serverId)).data.exists !== 'yes') return null;
    const volumes = volumesDirectory(data.directory(serverId));
    return (await readdir(volumes, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => ({ name, path: join(volumes, name) }));
  };

  const measure: Measure = async (serverIds, asked) => {
    // Told is what was counted by then; the rest is nearer the next time, since what was counted need not be counted again.
    const signal = AbortSignal.any([asked, AbortSignal.timeout(countWithinMs)]);
    const servers: DiskReport['servers'] = [];
    const seen: string[] = [trashOf(root)];
    for (const serverId of serverIds) {
      const volumes = await volumesOf(serverId).catch(() => null);
      if (volumes === null) continue;
      const sizes: Record<string, number> = {};
      try {
        for (const { name, path } of volumes) sizes[name] = (await counter.count(path, signal)).bytes;
      } catch (error) {
        if (asked.aborted) throw error;
        seen.push(...volumes.map(({ path }) => path));
        continue;
      }
      seen.push(...volumes.map(({ path }) => path));
      servers.push({ serverId, volumes: sizes });
    }
    counter.keepOnly(seen);
    const sound = (await rootTrouble(root)) === null;
    const disk = await statfs(root.path).catch(() => null);
    return {
      servers,
      trashBytes: sound ? await trashBytes(signal).catch(() => null) : null,
      archiveBytes: sound ? await archiveBytes().catch(() => null) : null,
      // What an ordinary user may take; the rest is the kernel's reserve.
      disk: disk && { freeBytes: disk.bavail * disk.bsize, totalBytes: disk.blocks * disk.bsize },
    };
  };
  const archiveBytes = async () => (await listArchives(root)).reduce((sum, archive) => sum + archive.bytes, 0);
  const trashBytes = async (signal: AbortSignal) => {
    const trash = trashOf(root);
    return (await lstat(trash).catch(nullWhenAbsent)) === null ? 0 : (await counter.count(trash, signal)).bytes;
  };
  return (serverIds, signal) => {
    const mine = turn.then(() => measure(serverIds, signal));
    turn = mine.catch(() => undefined);
    return mine;
  };
}
