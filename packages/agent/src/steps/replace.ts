// `swap-replacement` and `drop-replacement`: a rebuild's way forward and its way back. The old container is kept beside
// the new one, as `<name>.previous`, until the new one has proven itself.

import { bodyAmong, isAside, labels } from '@mainstay/core/bodies';
import { Fault } from '@mainstay/core/fault';
import type { EffectOf } from '@mainstay/wire/link';
import { restoreManifest, swapManifests } from '../manifest.ts';
import { retire } from './remove.ts';
import { containersOf, type Done, done, replacementName, type Step, type StepContainer } from './step.ts';

const ownName = (container: StepContainer): string => container.labels[labels.name] ?? container.name;
const previousName = (container: StepContainer): string => `${ownName(container)}.previous`;

export async function swapReplacement(step: Step, { name, operationId }: EffectOf<'swap-replacement'>): Promise<Done> {
  const { engine, serverId, known, data } = step;
  const containers = await containersOf(step, [replacementName(name, operationId), name, `${name}.previous`]);
  const replacement = containers.find((container) => container.labels[labels.operation] === operationId);
  if (!replacement) throw new Fault('container-gone', 'The replacement container is gone.');
  const recorded = known.recorded(serverId);
  const old = containers.find((container) => container !== replacement && (container.name === name || container.id === recorded));
  if (old && old.name !== previousName(old)) {
    const leftover = containers.find((container) => container !== old && container.name === previousName(old));
    if (leftover) await retire(step, leftover);
    await engine.rename(old.id, previousName(old));
  }
  if (replacement.name !== name) await engine.rename(replacement.id, name);
  known.record(serverId, replacement.id);
  await swapManifests(data.directory(serverId));
  return done;
}

export async function dropReplacement(step: Step, { operationId }: EffectOf<'drop-replacement'>): Promise<Done> {
  const { engine, serverId, known, data } = step;
  const [any] = await containersOf(step);
  const name = any?.labels[labels.name];
  const containers = await containersOf(step, name === undefined ? [] : [replacementName(name, operationId), name, `${name}.previous`]);
  const replacement = containers.find((container) => container.labels[labels.operation] === operationId);
  const others = containers.filter((container) => container !== replacement);
  const old = others.find((container) => container.name === previousName(container)) ?? bodyAmong(others, known.recorded(serverId));
  // In place already and nothing to go back to: without it the server would have no container at all.
  if (replacement && !old && !isAside(replacement)) return done;
  if (replacement) await retire(step, replacement);
  if (old && old.name !== ownName(old)) await engine.rename(old.id, ownName(old));
  known.record(serverId, old?.id ?? null);
  await restoreManifest(data.directory(serverId));
  return done;
}
