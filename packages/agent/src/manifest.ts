// The manifest beside a server's data: its record as last applied. A manager whose database is lost is rebuilt from
// these, and the agent knows from them which containers to look for before any manager has told it. Secrets stand
// in it as their manager sealed them. During a rebuild the new one waits, and the old one is kept for the way back.

import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type AgentId, type InstallationId, idPattern, type ServerId } from '@mainstay/core/id';
import { agentId, installationId, serverId, time } from '@mainstay/wire/common';
import { containerSpec } from '@mainstay/wire/link';
import { z } from 'zod';
import { asJson, nullWhenAbsent, readShaped, writeDurably } from './durable.ts';

const manifestShape = z.strictObject({ serverId, installationId, agentId, containerId: z.string(), spec: containerSpec, appliedAt: time });
export type Manifest = z.output<typeof manifestShape>;

/** What every manifest of this agent says alike. */
export interface ManifestOwner {
  readonly agentId: AgentId;
  readonly installationId: InstallationId;
}

const names = { current: 'manifest.json', replacement: 'manifest.replacement.json', previous: 'manifest.previous.json' } as const;

export const readManifest = (directory: string): Promise<Manifest | null> => readShaped(join(directory, names.current), manifestShape);

export async function writeManifest(directory: string, which: 'current' | 'replacement', manifest: Manifest): Promise<void> {
  await writeDurably(join(directory, names[which]), asJson(manifest));
}

/** The variables that are secret in any record that a container of the server may have been made of; null: none of them can be read. */
export async function secretNames(directory: string): Promise<ReadonlySet<string> | null> {
  const read = await Promise.all(Object.values(names).map((name) => readShaped(join(directory, name), manifestShape).catch(() => null)));
  const manifests = read.filter((manifest) => manifest !== null);
  return manifests.length === 0 ? null : new Set(manifests.flatMap(({ spec }) => Object.keys(spec.sealedEnv)));
}

/** The replacement's becomes the current one. */
export async function swapManifests(directory: string): Promise<void> {
  if ((await readShaped(join(directory, names.replacement), manifestShape)) === null) return;
  await move(directory, 'current', 'previous');
  await move(directory, 'replacement', 'current');
}

/** The way back: the replacement's goes, the previous one is current again. */
export async function restoreManifest(directory: string): Promise<void> {
  await rm(join(directory, names.replacement), { force: true });
  await move(directory, 'previous', 'current');
}

/** There is no way back any more. */
export const settleManifest = (directory: string): Promise<void> => rm(join(directory, names.previous), { force: true });

const move = (directory: string, from: keyof typeof names, to: keyof typeof names) =>
  rename(join(directory, names[from]), join(directory, names[to])).catch(nullWhenAbsent);

/** The recorded containers of all servers under a data root, as far as their manifests can be read. */
export async function recordedContainers(dataRoot: string, installation: InstallationId): Promise<Map<ServerId, string>> {
  const recorded = new Map<ServerId, string>();
  for (const name of await readdir(dataRoot).catch(() => [])) {
    if (!idPattern.test(name)) continue;
    const manifest = await readManifest(join(dataRoot, name)).catch(() => null);
    if (manifest && manifest.installationId === installation) recorded.set(manifest.serverId, manifest.containerId);
  }
  return recorded;
}
