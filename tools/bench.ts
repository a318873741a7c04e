// `npm run bench`: takes every measure, each against its baseline in the same run, and says how they stand to their goals.
// `-- NAME…` takes some of them; `--json` answers with JSON alone; `--long` measures in minutes what its goal counts in minutes.
// What was found goes to bench/results.json and docs/performance.md. Timings are no tests: a goal that is missed fails nothing.

import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Findings } from '../bench/harness/finding.ts';
import type { Measure } from '../bench/harness/measure.ts';
import { removeContainers } from '../bench/harness/real.ts';
import { machineFacts, type Results, readResults, writeResults } from '../bench/harness/results.ts';
import { findingLines, growthLines } from '../bench/harness/words.ts';
import { measures } from '../bench/measures.ts';
import { closeRun, openRun } from '../test/e2e/harness/ledger.ts';
import { performancePath, withResults } from './performance-document.ts';
import { onGround } from './test-run.ts';

const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, long: { type: 'boolean', default: false } },
});

/** With `--json` only that goes to standard output. */
function say(line: string): void {
  (flags.json ? process.stderr : process.stdout).write(`${line}\n`);
}

function chosen(): readonly Measure[] {
  const unknown = names.filter((name) => !measures.some((measure) => measure.name === name));
  if (unknown.length > 0)
    throw new Error(`There is no measure ${unknown.join(', ')}; there are ${measures.map(({ name }) => name).join(', ')}.`);
  return names.length === 0 ? measures : measures.filter(({ name }) => names.includes(name));
}

function show({ findings, growths = [] }: Findings): void {
  for (const line of [...findings.flatMap(findingLines), ...growths.flatMap(growthLines)]) say(line);
}

/** One that breaks is told of, and keeps no other from being taken. */
async function takeAll(wanted: readonly Measure[]): Promise<Results> {
  const taken: Record<string, Results[string]> = {};
  for (const { name, title, take } of wanted) {
    say(`\n── ${name}: ${title}`);
    try {
      const found = await take({ long: flags.long, say });
      show(found);
      taken[name] = { date: new Date().toISOString().slice(0, 10), machine: machineFacts(), ...found };
    } catch (error) {
      process.exitCode = 1;
      say(`  It could not be taken: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
  return taken;
}

try {
  const wanted = chosen();
  await onGround(async (chromium) => {
    process.env['CHROMIUM_PATH'] = chromium;
    openRun();
    try {
      const taken = await takeAll(wanted);
      writeResults({ ...readResults(), ...taken });
      await writeFile(performancePath, await withResults(readResults()));
      if (flags.json) process.stdout.write(`${JSON.stringify(taken, null, 2)}\n`);
      say('\nWritten to bench/results.json and docs/performance.md');
    } finally {
      await removeContainers();
      closeRun();
    }
  }, say);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
process.exit();
