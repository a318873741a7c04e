// `npm run test:faults`: breaks everything around the lifecycle, at full scale, and writes what was found to
// docs/reliability.md. `-- WORD` runs one kind; `-- replay FILE` does what a failed history's script says once more.
// Its last line is the sum, `N passed, N failed`.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { closeRun, noted, openRun } from '../test/e2e/harness/ledger.ts';
import { createOutside } from '../test/e2e/harness/outside.ts';
import { gatheredInto, type Outcome } from '../test/faults/report.ts';
import { circumstances, reliabilityPath, withOutcomes } from './reliability-document.ts';
import type { TestCount } from './test-count.ts';
import { closing, onGround, runTests, say } from './test-run.ts';

/** It has to fit beside a day's work. */
const limit = { ms: 30 * 60_000, signal: 'SIGINT' } as const;

async function runFaults(words: readonly string[], chromium: string): Promise<TestCount[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-faults-'));
  const file = join(folder, 'outcomes.jsonl');
  try {
    const settings = { CHROMIUM_PATH: chromium, MAINSTAY_FAULTS: 'full', [gatheredInto]: file };
    // A run that did not come to its end has no report, and says nothing of what it did not get to.
    const count = await runTests(['--project', 'faults', ...words], settings, limit);
    if (count.passed === 0) return [count];
    const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
    const outcomes = lines.map((line): Outcome => JSON.parse(line));
    const document = await readFile(reliabilityPath, 'utf8');
    await writeFile(reliabilityPath, withOutcomes(document, outcomes, circumstances(new Date())));
    say(`Written to docs/reliability.md: ${outcomes.length} scenarios`);
    return [count];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function replay(script: string, chromium: string): Promise<TestCount[]> {
  const settings = { CHROMIUM_PATH: chromium, MAINSTAY_FAULTS_REPLAY: resolve(script) };
  return [await runTests(['--project', 'faults', 'test/faults/replay'], settings, limit)];
}

/** A run that was ended midway clears nothing away: what it wrote down that it made is gone afterwards all the same. */
async function clearedAway(run: () => Promise<TestCount[]>): Promise<TestCount[]> {
  openRun();
  try {
    return await run();
  } finally {
    const outside = createOutside();
    const installations = noted('installations');
    closeRun();
    const left = (await Promise.all(installations.map((id) => outside.containersOfInstallation(id)))).flat();
    await Promise.all(left.map(({ Id }) => outside.remove(Id)));
  }
}

const [first, second] = process.argv.slice(2);
await closing(() =>
  onGround((chromium) =>
    clearedAway(() => (first === 'replay' && second !== undefined ? replay(second, chromium) : runFaults(process.argv.slice(2), chromium))),
  ),
);
