// The data of the servers on this host: one directory a server, its volumes in it, the marker beside them. Here it is
// guarded, made, looked at and moved to the trash; nothing else in the agent writes there but the manifest.

import { lstat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '@mainstay/core/fault';
import type { OperationId, ServerId } from '@mainstay/core/id';
import type { DataLook, KeptRecord } from '@mainstay/wire/link';
import type { Progress } from '@mainstay/wire/operations';
import { makeArchive } from './archive.ts';
import type { Clock } from './clock.ts';
import { dropStagings, reserveBytes } from './copy/staging.ts';
import { messageOf, nullWhenAbsent } from './durable.ts';
import { type Finding, find, otherOwner } from './finding.ts';
import { forgetLost } from './installed.ts';
import { makeVolumes, noteContent } from './making.ts';
import { type Marker, readMarker } from './marker.ts';
import { type DataRoot, rootTrouble, serverDirectory } from './root.ts';
import { diskBytes } from './size.ts';
import { bringBack, moveToTrash } from './trash.ts';
import { createTurns } from './turns.ts';
import { volumesDirectory } from './volumes.ts';

/** Why a start would be refused. */
export interface Refusal {
  readonly code: 'data-missing' | 'data-foreign';
  readonly detail: string;
}

export interface Guarding {
  /** The names of the volumes that the record wants. */
  readonly volumes: readonly string[];
  /** Whether this is a new server, whose directories are to be made. */
  readonly make: boolean;
  readonly allowEmptyData: boolean;
}

export interface Data {
  /** The world guard. Volumes that are new to the record are made. @throws Fault `data-missing`, `data-foreign` */
  guard(serverId: ServerId, guarding: Guarding): Promise<void>;
  /** Whether it exists, and would be refused; notes which volumes have content now. */
  look(serverId: ServerId): Promise<{ readonly data: DataLook; readonly refusal: Refusal | null }>;
  /** Moves it to the trash, its record beside it; nothing to do when there is none. @throws Fault `data-foreign` when it is not this server's */
  remove(serverId: ServerId, record: KeptRecord): Promise<void>;
  /** Makes an archive of it, this operation's; nothing to do when there is no data. */
  archive(serverId: ServerId, operationId: OperationId, report: (progress: Progress) => void, signal: AbortSignal): Promise<void>;
  /** Brings it back from the trash. @throws Fault `data-missing`, `data-foreign` */
  bringBack(serverId: ServerId, trashId: string): Promise<void>;
  /** Whether anything is in its place. */
  isThere(serverId: ServerId): Promise<boolean>;
  /** Its marker. @throws Fault `data-missing`, `data-foreign` when there is none, or another server’s */
  owned(serverId: ServerId): Promise<Marker>;
  /** Where it is on this host. */
  directory(serverId: ServerId): string;
  /** Where a volume is on this host. */
  volumePath(serverId: ServerId, volume: string): string;
}

export function createData(root: DataRoot, clock: Clock): Data {
  // A marker is read, changed and written back: one at a time for a server.
  const turns = createTurns();
  const directory = (serverId: ServerId) => serverDirectory(root, serverId);

  const guard = async (serverId: ServerId, { volumes, make, allowEmptyData }: Guarding) => {
    const finding = await find(root, serverId, volumes);
    if (finding.kind === 'sound' || (finding.kind === 'missing' && (allowEmptyData || (make && !isLoss(finding))))) {
      if (finding.kind === 'missing') await forgetLost(directory(serverId), finding);
      await makeVolumes(root, serverId, volumes, finding);
    } else {
      throw faultOf(refusalOf(finding));
    }
  };

  const look = async (serverId: ServerId) => {
    const at = clock.now();
    const finding = await find(root, serverId, null);
    if (finding.kind !== 'sound') {
      const exists = finding.kind === 'missing' ? ('no' as const) : ('unknown' as const);
      return { data: { exists, at }, refusal: refusalOf(finding) };
    }
    // A full disk must not make the data look gone; the next look notes it again.
    await noteContent(directory(serverId), finding).catch(() => undefined);
    return { data: { exists: 'yes' as const, at }, refusal: null };
  };

  const remove = async (serverId: ServerId, record: KeptRecord) => {
    const foreign = (detail: string) => new Fault('data-foreign', `${detail} It was left where it is.`);
    const trouble = await rootTrouble(root);
    if (trouble !== null) throw foreign(trouble);
    await dropStagings(root, serverId);
    const path = directory(serverId);
    const there = await lstat(path).catch(nullWhenAbsent);
    if (there === null) return;
    if (!there.isDirectory()) throw foreign(`${path} is not a directory of Mainstay’s making.`);
    const marker = await readMarker(path).catch((error: unknown) => {
      throw foreign(messageOf(error));
    });
    const owner = marker === null ? null : otherOwner(marker, root, serverId);
    if (owner !== null) throw foreign(`${path} ${owner}`);
    await moveToTrash(root, path, record, clock.now());
  };

  const owned = async (serverId: ServerId) => {
    const trouble = await rootTrouble(root);
    if (trouble !== null) throw new Fault('data-foreign', trouble);
    const path = directory(serverId);
    const marker = await readMarker(path);
    if (marker === null) throw new Fault('data-missing', `Its directory ${path} is gone.`);
    const owner = otherOwner(marker, root, serverId);
    if (owner !== null) throw new Fault('data-foreign', `${path} ${owner}`);
    return marker;
  };

  return {
    guard: (serverId, guarding) => turns.take(serverId, () => guard(serverId, guarding)),
    look: (serverId) => turns.take(serverId, () => look(serverId)),
    remove: (serverId, record) => turns.take(serverId, () => remove(serverId, record)),
    // Not in its turn: that takes minutes, and whoever looks meanwhile must not wait. The step that asks for it keeps others away.
    archive: async (serverId, operationId, report, signal) => {
      if ((await lstat(directory(serverId)).catch(nullWhenAbsent)) === null) return;
      const total = await diskBytes(directory(serverId), signal).catch(() => null);
      await refuseFull(root, total ?? 0);
      await makeArchive(root, directory(serverId), { serverId, operationId, total }, report, signal);
    },
    bringBack: (serverId, trashId) =>
      turns.take(serverId, async () => {
        if (!trashId.startsWith(`${serverId}.`)) throw new Fault('invalid-request', 'It is another server’s data.');
        await bringBack(root, trashId, directory(serverId));
      }),
    isThere: async (serverId) => (await lstat(directory(serverId)).catch(nullWhenAbsent)) !== null,
    owned,
    directory,
    volumePath: (serverId, volume) => join(volumesDirectory(directory(serverId)), volume),
  };
}

/** @throws Fault `refused-by-host` when an archive of this size could fill the disk */
async function refuseFull(root: DataRoot, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(root.path);
  if (bavail * bsize >= bytes + reserveBytes) return;
  throw new Fault('refused-by-host', 'The host’s disk has too little room for an archive. Make room, or purge without one.');
}

/** Whether a volume that had content lost it: then even a new server's making is not to begin over it. */
function isLoss({ marker, gone }: Extract<Finding, { kind: 'missing' }>): boolean {
  return gone.some((name) => marker?.volumes[name]?.hadContent);
}

function refusalOf(finding: Exclude<Finding, { kind: 'sound' }>): Refusal {
  return { code: finding.kind === 'missing' ? 'data-missing' : 'data-foreign', detail: finding.detail };
}

function faultOf({ code, detail }: Refusal): Fault {
  const advice = code === 'data-missing' ? ' Put it back, or start with allowEmptyData to begin an empty world.' : '';
  return new Fault(code, detail + advice);
}
