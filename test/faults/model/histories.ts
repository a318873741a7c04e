// The scenario of random histories, on whatever they are played: so many at one time below one manager, each on a host of its
// own; each host plays so many; so many managers, one after the other.

import { scenario } from '../scenario.ts';
import { type Figures, runHistories } from './run.ts';
import type { Script } from './script.ts';
import { stages } from './stages.ts';

export interface Scale {
  readonly scenes: number;
  readonly each: number;
  readonly managers: number;
}

export function historiesOn(on: Script['on'], { scenes, each, managers }: Scale): void {
  scenario(
    {
      kind: 'model',
      done: `${scenes * each * managers} random histories on ${on}`,
      promised: 'each step comes to what the lifecycle’s tables say, and all that must hold does in the end',
      limitMs: 28 * 60_000,
    },
    async ({ found, settled }) => {
      const figures: Figures = { played: 0, steps: 0, settledMs: 0 };
      const began = performance.now();
      const first = Date.now() % 2 ** 31;
      for (let round = 0; round < managers; round += 1) {
        const stage = await stages[on](scenes);
        try {
          await runHistories({ on, ...stage, each, drawing: { steps: { min: 2, max: 8 } }, seed: first + round * scenes }, figures);
        } catch (error) {
          process.stderr.write(`${stage.logs?.() ?? ''}\n`);
          throw error;
        } finally {
          await stage.close();
        }
      }
      settled(figures.settledMs);
      const perSecond = (figures.played * 1000) / (performance.now() - began);
      found(`${figures.played} histories of ${figures.steps} steps, ${perSecond.toFixed(perSecond < 10 ? 1 : 0)} a second`);
    },
  );
}
