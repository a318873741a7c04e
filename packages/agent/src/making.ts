// Making a server's directories, and keeping its marker true. Every part can be cut short and done again: volumes come
// first and the marker last, so a marker never tells of a volume that was not there.

import { chmod, lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '@mainstay/core/fault';
import type { ServerId } from '@mainstay/core/id';
import { errorCode, syncDirectory } from './durable.ts';
import type { Finding } from './finding.ts';
import { type Marker, writeMarker } from './marker.ts';
import { type DataRoot, serverDirectory } from './root.ts';
import { seeVolume, type VolumeSeen, volumesDirectory } from './volumes.ts';

type Sound = Extract<Finding, { kind: 'sound' }>;
type Missing = Extract<Finding, { kind: 'missing' }>;

/** Makes what `finding` says is gone, and the volumes of `wanted` that its marker does not know. */
export async function makeVolumes(root: DataRoot, serverId: ServerId, wanted: readonly string[], finding: Sound | Missing): Promise<void> {
  const directory = serverDirectory(root, serverId);
  const known = finding.marker?.volumes ?? {};
  const gone = finding.kind === 'missing' ? finding.gone : [];
  const names = new Set([...wanted.filter((name) => !Object.hasOwn(known, name)), ...gone]);
  if (finding.kind === 'sound' && names.size === 0) return noteContent(directory, finding);

  // Closed to everybody else on the host; the volumes inside are open, for containers run under any user.
  await makeDirectory(directory, 0o700);
  await makeDirectory(volumesDirectory(directory), 0o700);
  const made: Marker['volumes'] = {};
  for (const name of names) {
    await makeDirectory(join(volumesDirectory(directory), name), 0o777);
    made[name] = markOf(await seeVolume(directory, name), name);
  }
  await syncDirectory(volumesDirectory(directory));
  await syncDirectory(directory);
  await syncDirectory(root.path);
  await writeMarker(directory, { serverId, installationId: root.installationId, rootId: root.rootId, volumes: { ...known, ...made } });
}

/** Notes in the marker which volumes have content that never had. */
export async function noteContent(directory: string, { marker, seen }: Sound): Promise<void> {
  const filled: Marker['volumes'] = {};
  for (const [name, now] of seen) {
    if (marker.volumes[name]?.hadContent === false && now.kind === 'directory' && !now.empty) filled[name] = markOf(now, name);
  }
  if (Object.keys(filled).length > 0) await writeMarker(directory, { ...marker, volumes: { ...marker.volumes, ...filled } });
}

function markOf(seen: VolumeSeen, name: string): Marker['volumes'][string] {
  if (seen.kind !== 'directory') throw new Fault('data-foreign', `Volume “${name}” is not a directory of Mainstay’s making.`);
  return { hadContent: !seen.empty, sameFileSystem: seen.sameFileSystem };
}

/** There, a directory, open as `mode` says (mkdir's own mode is cut by the umask). What is there already is kept. */
async function makeDirectory(path: string, mode: number): Promise<void> {
  await mkdir(path).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error;
  });
  if (!(await lstat(path)).isDirectory()) throw new Fault('data-foreign', `${path} is not a directory of Mainstay’s making.`);
  await chmod(path, mode);
}
