// The same with the engine's event stream cut: only the look every few seconds notices.

import { setTimeout as pause } from 'node:timers/promises';
import { openEngineProxy } from '../test/e2e/harness/engine-proxy.ts';
import { openInstallation } from '../test/e2e/harness/installation.ts';
import { until } from '../test/e2e/harness/until.ts';
import { readChanges } from './harness/changes.ts';
import { figuresOf } from './harness/figures.ts';
import type { Measure } from './harness/measure.ts';

const rounds = 6;
/** Between the looks' own rhythm and the changes, so that these fall anywhere in it. */
const strideMs = 1_300;

export const eventStreamCut: Measure = {
  name: 'event-stream-cut',
  title: 'A change made outside with the engine’s event stream cut',
  async take() {
    const engine = await openEngineProxy();
    const mainstay = await openInstallation({ dockerHost: engine.address, settings: { MAINSTAY_LOG: 'warn' } });
    const told = new Map<string, number>();
    const reading = await readChanges(mainstay.url, mainstay.token, ({ event }, at) => {
      if (event?.happening.kind === 'server-state') told.set(event.happening.to, at);
    });
    try {
      const { name } = await mainstay.create();
      engine.cutEvents();
      const took: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        await pause(strideMs * (round % 3));
        for (const [does, state] of [
          ['kill', 'stopped'],
          ['start', 'running'],
        ] as const) {
          told.clear();
          const done = await mainstay.outside[does](name);
          await until('the change told', () => told.has(state));
          took.push((told.get(state) ?? 0) - done);
        }
      }
      return {
        findings: [
          {
            what: 'from the engine’s answer to the stream’s reader',
            unit: 'ms',
            figures: figuresOf(took),
            baseline: null,
            goals: [{ of: 'most', atMost: 5_500 }],
          },
        ],
      };
    } finally {
      reading.close();
      await mainstay.close();
      engine.close();
    }
  },
};
