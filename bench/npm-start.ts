// `npm start` when everything is there, until its page answers, beside a Node that does nothing.

import { execFile, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ownDirectory } from '../test/e2e/harness/ledger.ts';
import { freePort } from '../test/e2e/harness/ports.ts';
import { until } from '../test/e2e/harness/until.ts';
import { alternate, timed } from './harness/alternate.ts';
import { figuresOf } from './harness/figures.ts';
import type { Measure } from './harness/measure.ts';

const root = join(import.meta.dirname, '..');
const rounds = 5;

export const npmStart: Measure = {
  name: 'npm-start',
  title: '`npm start` when everything is there',
  async take() {
    const home = ownDirectory('home');
    const port = await freePort();
    const beyond: number[] = [];
    const bare = () => timed(() => promisify(execFile)(process.execPath, ['-e', '0']));
    try {
      const { measured, baseline } = await alternate(
        rounds,
        async () => {
          const took = await start(home, port);
          beyond.push(took - (await bare()));
          return took;
        },
        bare,
      );
      return {
        findings: [
          {
            what: 'until the page answers',
            unit: 'ms',
            figures: measured,
            baseline: { what: '`node -e 0`', figures: baseline },
            goals: [],
          },
          {
            what: 'beyond the bare Node',
            unit: 'ms',
            figures: figuresOf(beyond.slice(1)),
            baseline: null,
            goals: [{ of: 'p50', atMost: 1_500 }],
          },
        ],
      };
    } finally {
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

async function start(home: string, port: number): Promise<number> {
  const { NODE_COMPILE_CACHE: _, ...environment } = process.env;
  const settings = { MAINSTAY_HOME: home, MAINSTAY_PORT: String(port), MAINSTAY_AGENT_NAME: 'bench' };
  const took = timed(async () => {
    await until('the page', async () => (await fetch(`http://127.0.0.1:${port}/`)).ok, Boolean, 60_000);
  });
  const child = spawn('npm', ['start'], { cwd: root, env: { ...environment, ...settings }, stdio: 'ignore', detached: true });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    return await took;
  } finally {
    // Its whole group, as Ctrl-C in a terminal reaches it.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    await ended;
  }
}
