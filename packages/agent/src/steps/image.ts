// `ensure-image`: there, or pulled. An image that is there is used as it is and no registry is asked.

import type { EffectOf } from '@mainstay/wire/link';
import type { Progress } from '@mainstay/wire/operations';
import { imageFault } from '../engine-faults.ts';
import { bodyOf, type Done, done, type Step } from './step.ts';

/** A pull tells of itself hundreds of times a second; a person reads a few. */
const reportEveryMs = 250;

export async function ensureImage(step: Step, { image, unlessContainer }: EffectOf<'ensure-image'>): Promise<Done> {
  if (unlessContainer && (await bodyOf(step))) return done;
  if (await step.engine.image(image)) return done;
  let reportedAt = -reportEveryMs;
  const report = (progress: Progress) => {
    const now = step.clock.running();
    if (now - reportedAt < reportEveryMs && progress.done !== progress.total) return;
    reportedAt = now;
    step.report(progress);
  };
  await step.engine.pull(image, report, step.signal);
  if ((await step.engine.image(image)) === null) throw imageFault(image, 'The pull ended without it.');
  return done;
}
