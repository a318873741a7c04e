// A script is played as it stands: one that was kept of a failed history (`npm run test:faults -- replay FILE`), else one that has
// every kind of step, so that what is printed is surely what can be played.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Promised, untilAllHold } from './invariants.ts';
import { play } from './model/play.ts';
import { asks, deeds, line, mishaps, type Script, type Step } from './model/script.ts';
import { stages } from './model/stages.ts';

const kept = process.env['MAINSTAY_FAULTS_REPLAY'];

const create: Step = { do: 'create', server: 0, run: true, policy: 'no', wait: true };
const ask = (what: (typeof asks)[number]): Step => ({ do: 'ask', what, server: 0, removeData: what === 'purge', wait: true });
const everyStep: Script = {
  on: 'made-up hosts',
  histories: [
    [
      create,
      { do: 'configure', server: 0, value: 1 },
      ...asks.filter((what) => what !== 'purge').flatMap((what): Step[] => [ask(what), ask('start')]),
      ...deeds.flatMap((what): Step[] => [{ do: 'outside', what, server: 0, wait: true }, ask('start')]),
      ...mishaps.flatMap((what): Step[] => [
        { do: 'befall', what },
        { ...ask('restart'), wait: false } as Step,
        { do: 'cancel', server: 0 },
      ]),
      { do: 'settle' },
      ask('delete'),
      ask('purge'),
      create,
    ],
  ],
};

describe('a script', () => {
  const script: Script = kept ? JSON.parse(readFileSync(kept, 'utf8')) : everyStep;

  test(`is played on ${script.on}`, { timeout: 10 * 60_000 }, async () => {
    for (const history of script.histories) for (const step of history) process.stdout.write(`  ${line(step)}\n`);
    const stage = await stages[script.on](script.histories.length);
    const promised = new Promised();
    try {
      await Promise.all(script.histories.map((history, at) => play(stage.scenes[at]!, promised, history)));
      await untilAllHold(stage.ground, promised);
      expect(promised.operations.size).toBeGreaterThan(0);
    } finally {
      await stage.close();
    }
  });
});
