// What `npm test` and `npm run test:faults` share: the engine, the sample image, Chromium and the page seen to, vitest run on
// them, its tests counted; and whatever this run called up ended with it.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureChromium } from './chromium.ts';
import { type Limit, runShown } from './command.ts';
import { endDaemon, ensureEngine } from './engine.ts';
import { ensureSampleImage } from './sample-image.ts';
import { countTests, noCount, type TestCount } from './test-count.ts';
import { ensureWebBuilt } from './web.ts';

export const ROOT = join(import.meta.dirname, '..');
const MODULES = join(ROOT, 'node_modules');

// In a log file colours are only noise; the tools do not all see by themselves where they write to.
export const plain = !process.stdout.isTTY;

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function section(title: string): void {
  say(`\n── ${title}`);
}

// The tool that runs gets the signal too, and has its own things to clear away; this then ends by itself.
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted = true;
  });
}

/** One of the project's tools, on this Node; resolves with its exit code, rejects when somebody ended the run meanwhile. */
export async function run(script: string, args: readonly string[], settings: Record<string, string> = {}, limit?: Limit): Promise<number> {
  const environment = { ...process.env, ...(plain && { NO_COLOR: '1' }), ...settings };
  const code = await runShown(process.execPath, [join(MODULES, script), ...args], { cwd: ROOT, environment, ...(limit && { limit }) });
  if (interrupted) throw new Error('interrupted');
  return code;
}

/** Vitest with these arguments. @param settings what the tests find in their environment */
export async function runTests(args: readonly string[], settings: Record<string, string>, limit?: Limit): Promise<TestCount> {
  section('tests');
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-test-'));
  try {
    const file = join(folder, 'report.json');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const code = await run('vitest/vitest.mjs', ['run', ...reporters, ...args], settings, limit);
    return countTests(await readFile(file, 'utf8').catch(() => ''), code);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Sees to all that the tests need, and runs `work` with the browser's path. @param tell says what was done for it */
export async function onGround<T>(work: (chromium: string) => Promise<T>, tell = say): Promise<T> {
  tell('\n── set-up');
  const { docker, version, daemonPid } = await ensureEngine({ say: tell });
  try {
    tell(`Docker engine ${version}`);
    const { tag } = await ensureSampleImage({ docker, say: tell });
    tell(`Sample image ${tag}`);
    const chromium = await ensureChromium({ say: tell });
    tell(`Browser ${chromium}`);
    const { directory } = await ensureWebBuilt({ say: tell });
    tell(`Page in ${directory}`);
    return await work(chromium);
  } finally {
    // A service that was installed stays, like any; a daemon that only this run called up goes with it.
    if (daemonPid !== undefined) await endDaemon(daemonPid);
  }
}

/** Says the sum of all counts as the last line, and ends with the exit code that fits. */
export async function closing(counts: () => Promise<readonly TestCount[]>): Promise<void> {
  try {
    const all = await counts();
    const sum = (of: keyof TestCount) => all.reduce((total, count) => total + count[of], noCount[of]);
    say(`\n${sum('passed')} passed, ${sum('failed')} failed`);
    process.exitCode = sum('failed') === 0 ? 0 : 1;
  } catch (error) {
    say(`The tests could not be run: ${error instanceof Error ? error.message : String(error)}`);
    say('\n0 passed, 1 failed');
    process.exitCode = 1;
  }
}
