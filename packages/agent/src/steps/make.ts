// `ensure-container` and `ensure-replacement`: a container made from the record, with its data mounted. Found again by
// its labels when the answer to its making was lost.

import { isAside, labels } from '@mainstay/core/bodies';
import { Fault } from '@mainstay/core/fault';
import type { OperationId } from '@mainstay/core/id';
import type { ContainerSpec, EffectOf } from '@mainstay/wire/link';
import { containerOptions, type Mount, unrecordedVolumes } from '../container.ts';
import { type Manifest, readManifest, writeManifest } from '../manifest.ts';
import { imageVolumeName } from '../volumes.ts';
import { retire } from './remove.ts';
import { bodyOf, containersOf, type Done, done, replacementName, type Step } from './step.ts';

export async function ensureContainer(step: Step, { spec }: EffectOf<'ensure-container'>): Promise<Done> {
  const { serverId, known, data } = step;
  let body = await bodyOf(step, [spec.name]);
  if (body && (body.state === 'removing' || body.state === 'dead')) {
    await retire(step, body);
    body = null;
  }
  const containerId = body?.id ?? (await make(step, spec, spec.name, null));
  known.record(serverId, containerId);
  const directory = data.directory(serverId);
  const kept = await readManifest(directory).catch(() => null);
  if (kept?.containerId !== containerId) await writeManifest(directory, 'current', manifestOf(step, spec, containerId));
  return done;
}

export async function ensureReplacement(step: Step, { spec, operationId }: EffectOf<'ensure-replacement'>): Promise<Done> {
  const name = replacementName(spec.name, operationId);
  const made = (await containersOf(step, [name, spec.name])).find((container) => container.labels[labels.operation] === operationId);
  if (made && !isAside(made)) return done;
  const containerId = made?.id ?? (await make(step, spec, name, operationId));
  await writeManifest(step.data.directory(step.serverId), 'replacement', manifestOf(step, spec, containerId));
  return done;
}

/** @returns the new container's id */
async function make(step: Step, spec: ContainerSpec, name: string, operationId: OperationId | null): Promise<string> {
  const { serverId, installationId, engine } = step;
  const mounts = await mountsOf(step, spec);
  step.signal.throwIfAborted();
  return engine.create(name, containerOptions({ serverId, installationId, operationId, spec, mounts }));
}

/** The record's volumes and those that only the image declares, each with its directory made. */
async function mountsOf({ serverId, engine, data }: Step, spec: ContainerSpec): Promise<Mount[]> {
  const image = await engine.image(spec.image);
  if (image === null) throw new Fault('image-unavailable', `Image ${spec.image} is not on the host any more.`);
  const declared = unrecordedVolumes(spec, image.volumes).map((containerPath) => ({ name: imageVolumeName(containerPath), containerPath }));
  const volumes = [...spec.volumes, ...declared];
  await data.guard(serverId, { volumes: volumes.map(({ name }) => name), make: false, allowEmptyData: false });
  return volumes.map(({ name, containerPath }) => ({ hostPath: data.volumePath(serverId, name), containerPath }));
}

function manifestOf({ serverId, installationId, agentId, clock }: Step, spec: ContainerSpec, containerId: string): Manifest {
  const env = Object.fromEntries(Object.entries(spec.env).filter(([name]) => !Object.hasOwn(spec.sealedEnv, name)));
  return { serverId, installationId, agentId, containerId, spec: { ...spec, env }, appliedAt: clock.now() };
}
