// The trash: where a server's directory goes before it goes for good, and from where it can come back. Moving is a rename, so it
// is done or not done; what lay there for long enough is removed later, without following links, and only once it was seen to
// be due twice: a clock that was set forward must not empty it.

import { lstat, mkdir, readdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';
import { type EndsSeen, judgeEnds, type Moment } from '@mainstay/core/retention';
import { type KeptRecord, keptRecord } from '@mainstay/wire/link';
import { serverOfKept, trashId } from '@mainstay/wire/trash';
import { asJson, messageOf, nullWhenAbsent, readShaped, syncDirectory, writeDurably } from './durable.ts';
import { otherOwner } from './finding.ts';
import { readManifest } from './manifest.ts';
import { readMarker } from './marker.ts';
import { removeTree } from './removal.ts';
import type { DataRoot } from './root.ts';
import { diskBytes } from './size.ts';

export const trashOf = (root: DataRoot): string => join(root.path, '.trash');
const pathOf = (root: DataRoot, id: string): string => join(trashOf(root), trashId.parse(id));
const dayMs = 24 * 60 * 60 * 1000;

/** Beside data in the trash. */
const recordName = 'record.json';

/** Moves a server's directory into the trash, its record in it. */
export async function moveToTrash(root: DataRoot, directory: string, record: KeptRecord, now: number): Promise<void> {
  await writeDurably(join(directory, recordName), asJson(record));
  const trash = trashOf(root);
  await mkdir(trash, { recursive: true, mode: 0o700 });
  await rename(directory, join(trash, `${basename(directory)}.${now}`));
  await syncDirectory(trash);
  await syncDirectory(root.path);
}

/** Moves it back; nothing to do when that was done. @throws Fault `data-missing` when it is not in the trash, `data-foreign` when its place is taken */
export async function bringBack(root: DataRoot, id: string, directory: string): Promise<void> {
  const there = await lstat(directory).catch(nullWhenAbsent);
  const kept = await lstat(pathOf(root, id)).catch(nullWhenAbsent);
  if (kept === null) {
    if (there !== null) return;
    throw new Fault('data-missing', 'It is not in the trash any more.');
  }
  if (!kept.isDirectory()) throw new Fault('data-foreign', 'What is in the trash is no directory of Mainstay’s making.');
  const foreign = await foreignIn(root, id);
  if (foreign !== null) throw new Fault('data-foreign', `What is in the trash under ${id} ${foreign}`);
  if (there !== null) throw new Fault('data-foreign', `${directory} is there already. Move it away first.`);
  await rename(pathOf(root, id), directory);
  await syncDirectory(trashOf(root));
  await syncDirectory(root.path);
}

export interface Trashed {
  readonly id: string;
  readonly serverId: ServerId;
  readonly name: string | null;
  /** null: it was not counted in time. */
  readonly bytes: number | null;
  /** ms UTC */
  readonly movedAt: number;
}

/** What is in the trash, the newest first. @param signal ends the counting of sizes */
export async function listTrash(root: DataRoot, signal: AbortSignal): Promise<Trashed[]> {
  const ids = await idsIn(root);
  const items: Trashed[] = [];
  for (const id of ids) {
    const path = pathOf(root, id);
    const name = (await recordIn(path))?.spec.name ?? null;
    const bytes = await diskBytes(path, signal).catch(() => null);
    items.push({ id, serverId: serverOfKept(id), name, bytes, movedAt: movedAt(id) });
  }
  return items.sort((a, b) => b.movedAt - a.movedAt);
}

/** The record beside data in the trash; null: none that can be read, or another server's data lies there. */
export async function recordInTrash(root: DataRoot, id: string): Promise<KeptRecord | null> {
  const path = pathOf(root, id);
  return (await foreignIn(root, id)) === null ? recordIn(path) : null;
}

/** What was moved before its whole record went with it has the manifest of its last container. */
async function recordIn(directory: string): Promise<KeptRecord | null> {
  const record = await readShaped(join(directory, recordName), keptRecord).catch(() => null);
  if (record !== null) return record;
  const manifest = await readManifest(directory).catch(() => null);
  return manifest && { spec: manifest.spec, conduct: null, made: null };
}

/** Whose data it is when it is not that of the server in its name, as the end of a sentence; null: it is. */
async function foreignIn(root: DataRoot, id: string): Promise<string | null> {
  const marker = await readMarker(pathOf(root, id)).catch(messageOf);
  if (typeof marker === 'string') return marker;
  return marker && otherOwner(marker, root, serverOfKept(id));
}

/** Throws while a program may still be writing there. */
export type RefuseInUse = (serverId: ServerId) => Promise<void>;

/** What is being removed is called so: from then on it is nothing that could be brought back. */
const removing = 'removing.';

/** Removes one thing for good; nothing to do when it is gone. Half of it must not come back, so it first leaves the trash by a rename. */
export async function emptyOne(root: DataRoot, id: string, refuse: RefuseInUse): Promise<void> {
  await refuse(serverOfKept(id));
  const leaving = join(trashOf(root), `${removing}${trashId.parse(id)}`);
  const left = await rename(pathOf(root, id), leaving).then(
    () => true,
    (error: unknown) => nullWhenAbsent(error) !== null,
  );
  if (left) await removeTree(leaving);
}

/** Goes on with removals that were cut short. */
async function finishRemovals(root: DataRoot): Promise<void> {
  const names = await readdir(trashOf(root)).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(removing))) {
    await removeTree(join(trashOf(root), name));
  }
}

/** How long something must be seen to be due. The trash is looked at each hour. */
const confirmMs = 30 * 60 * 1000;

/**
 * Removes for good what has been in the trash for `days`, by the time in its name.
 * @param refuse asked before each removal
 * @param before what the look before this one saw; null: this is the first
 * @returns what this look saw, and what could not be removed, with why
 */
export async function emptyTrash(
  root: DataRoot,
  now: Moment,
  days: number,
  before: EndsSeen<string> | null,
  refuse: RefuseInUse,
): Promise<{ seen: EndsSeen<string>; failed: { name: string; error: unknown }[] }> {
  const ends = new Map((await idsIn(root)).map((id) => [id, movedAt(id) + days * dayMs]));
  const { seen, ended } = judgeEnds(before, now, ends, confirmMs);
  const failed: { name: string; error: unknown }[] = [];
  await finishRemovals(root).catch((error: unknown) => failed.push({ name: removing, error }));
  for (const id of ended) await emptyOne(root, id, refuse).catch((error: unknown) => failed.push({ name: id, error }));
  return { seen, failed };
}

async function idsIn(root: DataRoot): Promise<string[]> {
  const there = await lstat(trashOf(root)).catch(() => null);
  if (!there?.isDirectory()) return [];
  return (await readdir(trashOf(root))).filter((name) => trashId.safeParse(name).success);
}

const movedAt = (id: string): number => Number(id.slice(37));
