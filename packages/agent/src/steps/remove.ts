// `ensure-absent` and `ensure-only`: containers go. Each is stopped with its own grace first, so that what it had not
// saved yet is saved; its volumes are never removed with it.

import { Fault } from '@mainstay/core/fault';
import type { EffectOf } from '@mainstay/wire/link';
import { meaningOf } from '../engine-states.ts';
import { settleManifest } from '../manifest.ts';
import { installersOf } from './install.ts';
import { containersOf, type Done, done, type Step } from './step.ts';

/** The engine takes its time over large layers; longer than this it is stuck. */
const goneWithinMs = 60_000;
const askEveryMs = 100;

/** All of the server's containers, replacements and installers included. */
export async function ensureAbsent(step: Step, _effect: EffectOf<'ensure-absent'>): Promise<Done> {
  for (const { id } of await installersOf(step)) await step.engine.remove(id);
  for (const container of await containersOf(step)) await retire(step, container);
  step.known.record(step.serverId, null);
  return done;
}

/** All but the recorded one, which must be there. */
export async function ensureOnly(step: Step, _effect: EffectOf<'ensure-only'>): Promise<Done> {
  const containers = await containersOf(step);
  const recorded = step.known.recorded(step.serverId);
  if (!containers.some((container) => container.id === recorded)) {
    throw new Fault('container-gone', 'The recorded container is gone; the others were left as they are.');
  }
  for (const container of containers) if (container.id !== recorded) await retire(step, container);
  await settleManifest(step.data.directory(step.serverId));
  return done;
}

/** Stops a container with its own grace and removes it; answers when it is gone. */
export async function retire(
  { engine, clock, signal }: Pick<Step, 'engine' | 'clock' | 'signal'>,
  container: { readonly id: string; readonly name: string },
): Promise<void> {
  const seen = await engine.inspect(container.id);
  if (seen === null) return;
  if (seen.state === 'paused') await engine.unpause(seen.id);
  if (meaningOf(seen.state) === 'running') await engine.stop(seen.id, null, signal);
  await engine.remove(seen.id);
  const until = clock.running() + goneWithinMs;
  while (await engine.inspect(container.id)) {
    if (clock.running() > until) throw new Fault('engine-failed', `The engine does not get container ${container.name} removed.`);
    await clock.pause(askEveryMs, signal);
    signal.throwIfAborted();
  }
}
