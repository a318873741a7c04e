// Random histories: people's requests, outside commands, silences and crashes in any order. The lifecycle's tables say what
// must come of each step; the checker, what must hold whatever happened. A history that fails is shrunk and can be played again.

import { type Figures, runHistories } from './model/run.ts';
import type { Script } from './model/script.ts';
import { stages } from './model/stages.ts';
import { scaled, scenario } from './scenario.ts';

/** So many at one time below one manager, each on a host of its own; each host plays so many; so many managers, one after the other. */
interface Scale {
  readonly scenes: number;
  readonly each: number;
  readonly managers: number;
}

const scales: readonly (Scale & Pick<Script, 'on'>)[] = [
  { on: 'made-up hosts', ...scaled({ short: { scenes: 20, each: 15, managers: 1 }, all: { scenes: 25, each: 25, managers: 32 } }) },
  { on: 'the real engine', ...scaled({ short: { scenes: 3, each: 2, managers: 1 }, all: { scenes: 4, each: 50, managers: 1 } }) },
];

for (const { on, scenes, each, managers } of scales) {
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
