// Runs many random histories, several at one time, each on a scene of its own. One that fails is shrunk by fast-check to the
// fewest steps that still fail, printed, and kept as a script.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerId } from '@mainstay/core/id';
import fc from 'fast-check';
import { Promised, untilAllHold } from '../invariants.ts';
import type { Ground } from '../seen.ts';
import { play } from './play.ts';
import type { Scene } from './scene.ts';
import { type Drawing, type History, histories, line, type Script } from './script.ts';

/** Where scripts of failed histories are kept. */
const kept = join(import.meta.dirname, '../failed');

/** Shrinking goes on no longer: a failure that is told late helps nobody. */
const shrinkMs = 3 * 60_000;

export interface Figures {
  played: number;
  steps: number;
  /** The longest that one took to settle. */
  settledMs: number;
}

export interface Run {
  readonly on: Script['on'];
  readonly ground: Ground;
  readonly scenes: readonly Scene[];
  /** How many each scene plays. */
  readonly each: number;
  readonly drawing: Drawing;
  /** The same seed draws the same histories. */
  readonly seed: number;
}

/** @throws Error with the script of the first history that fails */
export async function runHistories({ on, ground, scenes, each, drawing, seed }: Run, figures: Figures): Promise<void> {
  const all = new Promised();
  let failing: { readonly scene: Scene; readonly until: number } | null = null;
  const results: fc.RunDetails<[History]>[] = await Promise.all(
    scenes.map((scene, at) => {
      const property = fc.asyncProperty(histories(drawing), async (history) => {
        // One has failed: from then on it is shrunk, for a while, and nobody else disturbs it.
        if (failing !== null && (failing.scene !== scene || performance.now() > failing.until)) return;
        // Alone it is settled sooner, and there is much to try.
        const patienceMs = failing === null ? scene.patienceMs : scene.patienceMs / 8;
        await playOne({ ground, scene, patienceMs }, history, all, figures).catch((error: unknown) => {
          failing ??= { scene, until: performance.now() + shrinkMs };
          throw error;
        });
      });
      return fc.check(property, { seed: seed + at, numRuns: each });
    }),
  );
  const failed = results.find((result) => result.failed);
  if (failed) throw new Error(tellFailure({ on, histories: failed.counterexample ?? [] }, failed));
  await untilAllHold(ground, all);
}

interface Playing {
  readonly ground: Ground;
  readonly scene: Scene;
  readonly patienceMs: number;
}

async function playOne({ ground, scene, patienceMs }: Playing, history: History, all: Promised, figures: Figures): Promise<void> {
  const promised = new Promised();
  const { servers, settledMs } = await play(scene, promised, history, patienceMs);
  await untilAllHold(ground, promised, { only: servers, deadlineMs: patienceMs });
  for (const operation of promised.operations.values()) all.acknowledge(operation);
  for (const [id, revision] of promised.revisions) all.revise({ id: id as ServerId, revision });
  for (const kept of promised.data.values()) all.keep(kept, kept.fingerprint);
  figures.played += 1;
  figures.steps += history.length;
  figures.settledMs = Math.max(figures.settledMs, settledMs);
}

/** @returns what a person reads: why, the steps, and how to play them again */
function tellFailure(
  script: Script,
  { seed, errorInstance, numShrinks }: { seed: number; errorInstance: unknown; numShrinks: number },
): string {
  mkdirSync(kept, { recursive: true });
  const file = join(kept, `history-${seed}-${Date.now()}.json`);
  writeFileSync(file, `${JSON.stringify(script, null, 1)}\n`);
  const steps = script.histories.flatMap((history) => history.map((step, at) => `  ${at + 1}. ${line(step)}`));
  return [
    errorInstance instanceof Error ? errorInstance.message : String(errorInstance),
    `after these steps on ${script.on} (seed ${seed}, shrunk ${numShrinks} times):`,
    ...steps,
    `again: npm run test:faults -- replay ${file}`,
  ].join('\n');
}
