// The world guard's eye: what a look at a server's directory comes to. It changes nothing. Being gone is a finding,
// not being able to look is another: only what is certain is called missing.

import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, nullWhenAbsent } from './durable.ts';
import { type Marker, markerName, readMarker } from './marker.ts';
import { type DataRoot, rootTrouble, serverDirectory } from './root.ts';
import { isEmpty, isImageVolume, seeVolume, type VolumeSeen, volumesDirectory } from './volumes.ts';

export type Finding =
  /** There, ours, and every volume that ever had content has some. */
  | { readonly kind: 'sound'; readonly marker: Marker; readonly seen: ReadonlyMap<string, VolumeSeen> }
  /** Certainly gone or emptied: `gone` names the volumes, none when the marker is gone too. */
  | { readonly kind: 'missing'; readonly marker: Marker | null; readonly gone: readonly string[]; readonly detail: string }
  /** Something is there, and it is not this server's data. */
  | { readonly kind: 'foreign'; readonly detail: string }
  /** Nobody could look. */
  | { readonly kind: 'unknown'; readonly detail: string };

/**
 * @param wanted the volumes that matter, besides those that the image declares; null: all that the marker knows
 */
export async function find(root: DataRoot, serverId: string, wanted: readonly string[] | null): Promise<Finding> {
  const directory = serverDirectory(root, serverId);
  const trouble = await rootTrouble(root);
  if (trouble !== null) return { kind: 'unknown', detail: trouble };
  try {
    return await findIn(root, serverId, directory, wanted);
  } catch (error) {
    return { kind: 'unknown', detail: `The data in ${directory} cannot be looked at: ${messageOf(error)}` };
  }
}

async function findIn(root: DataRoot, serverId: string, directory: string, wanted: readonly string[] | null): Promise<Finding> {
  const foreign = (detail: string): Finding => ({ kind: 'foreign', detail });
  const home = await lstat(directory).catch(nullWhenAbsent);
  if (home === null) return { kind: 'missing', marker: null, gone: [], detail: `Its directory ${directory} is gone.` };
  if (!home.isDirectory()) return foreign(`${directory} is not a directory of Mainstay’s making; links are not followed.`);
  const volumes = await lstat(volumesDirectory(directory)).catch(nullWhenAbsent);
  if (volumes && !volumes.isDirectory()) return foreign(`${volumesDirectory(directory)} is not a directory; links are not followed.`);
  const marker = await readMarker(directory);
  if (marker === null) {
    if (await hasContent(directory)) return foreign(`${directory} has content but no ${markerName}: whose it is cannot be told.`);
    return { kind: 'missing', marker: null, gone: [], detail: `Its directory ${directory} was emptied.` };
  }
  const owner = otherOwner(marker, root, serverId);
  if (owner !== null) return foreign(`${directory} ${owner}`);

  const seen = new Map<string, VolumeSeen>();
  const gone: string[] = [];
  for (const [name, kept] of Object.entries(marker.volumes)) {
    if (wanted !== null && !wanted.includes(name) && !isImageVolume(name)) continue;
    const now = await seeVolume(directory, name);
    seen.set(name, now);
    if (now.kind === 'other') return foreign(`Volume “${name}” in ${directory} is not a directory; links are not followed.`);
    if (now.kind === 'gone') gone.push(name);
    else if (kept.hadContent && now.sameFileSystem !== kept.sameFileSystem) {
      const what = kept.sameFileSystem
        ? 'now is on a disk of its own, as it was not before.'
        : 'no longer is on the disk it was on; is it mounted?';
      return foreign(`Volume “${name}” in ${directory} ${what} If that is meant, remove the volume’s entry from ${markerName} there.`);
    } else if (kept.hadContent && now.empty) gone.push(name);
  }
  if (gone.length === 0) return { kind: 'sound', marker, seen };
  return { kind: 'missing', marker, gone, detail: `In ${directory}, what was in ${gone.map((name) => `“${name}”`).join(', ')} is gone.` };
}

/** Whose the data is when it is not this server's, as the end of a sentence; null: it is this server's. */
export function otherOwner(marker: Marker, root: DataRoot, serverId: string): string | null {
  if (marker.serverId !== serverId) return `holds the data of another server (${marker.serverId}).`;
  if (marker.installationId !== root.installationId) return `belongs to another Mainstay (${marker.installationId}).`;
  if (marker.rootId !== root.rootId) return `was made in another data root than ${root.path}.`;
  return null;
}

/** Whether a directory without marker holds anything but what a making of it that was cut short leaves behind. */
async function hasContent(directory: string): Promise<boolean> {
  const entries = await readdir(directory);
  if (entries.some((entry) => entry !== 'volumes' && entry !== `${markerName}.new`)) return true;
  if (!entries.includes('volumes')) return false;
  for (const entry of await readdir(volumesDirectory(directory), { withFileTypes: true })) {
    if (!entry.isDirectory() || !(await isEmpty(join(volumesDirectory(directory), entry.name)))) return true;
  }
  return false;
}
