// `npm test`: sees to all that the tests need (engine, sample image, Chromium, page), then types, format and lint, and every
// test. Its last line is the sum, `N passed, N failed`, in which types and lint count as one each.
// With arguments (`npm test -- lifecycle`) it is a developer's quick look: they go to vitest, and types and lint are left out.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditDependencies } from './audit.ts';
import { ensureChromium } from './chromium.ts';
import { runShown } from './command.ts';
import { endDaemon, ensureEngine } from './engine.ts';
import { ensureSampleImage } from './sample-image.ts';
import { countTests, noCount, type TestCount } from './test-count.ts';
import { ensureWebBuilt } from './web.ts';

const ROOT = join(import.meta.dirname, '..');
const MODULES = join(ROOT, 'node_modules');

// In a log file colours are only noise; the tools do not all see by themselves where they write to.
const plain = !process.stdout.isTTY;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function section(title: string): void {
  say(`\n── ${title}`);
}

/** One of the project's tools, on this Node; resolves with its exit code, rejects when somebody ended the run meanwhile. */
async function run(script: string, args: readonly string[], settings: Record<string, string> = {}): Promise<number> {
  const environment = { ...process.env, ...(plain && { NO_COLOR: '1' }), ...settings };
  const code = await runShown(process.execPath, [join(MODULES, script), ...args], { cwd: ROOT, environment });
  if (interrupted) throw new Error('interrupted');
  return code;
}

async function check(title: string, script: string, args: readonly string[]): Promise<TestCount> {
  section(title);
  const ok = (await run(script, args)) === 0;
  say(`${title}: ${ok ? 'passed' : 'failed'}`);
  return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** What could not be checked counts as neither. */
async function checkDependencies(): Promise<TestCount> {
  section('dependencies');
  const audit = await auditDependencies(ROOT);
  if (audit.kind === 'unchecked') {
    say(`dependencies: NOT CHECKED for known vulnerabilities: ${audit.why}`);
    return noCount;
  }
  say(audit.grave.length === 0 ? 'dependencies: passed' : `dependencies: failed: ${audit.grave.join(', ')}`);
  return audit.grave.length === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function runTests(args: readonly string[], chromium: string): Promise<TestCount> {
  section('tests');
  const folder = await mkdtemp(join(tmpdir(), 'mainstay-test-'));
  try {
    const file = join(folder, 'report.json');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const code = await run('vitest/vitest.mjs', ['run', ...reporters, ...args], { CHROMIUM_PATH: chromium });
    return countTests(await readFile(file, 'utf8').catch(() => ''), code);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function runAll(args: readonly string[]): Promise<TestCount> {
  section('set-up');
  const { docker, version, daemonPid } = await ensureEngine({ say });
  try {
    say(`Docker engine ${version}`);
    const { tag } = await ensureSampleImage({ docker, say });
    say(`Sample image ${tag}`);
    const chromium = await ensureChromium({ say });
    say(`Browser ${chromium}`);
    const { directory } = await ensureWebBuilt({ say });
    say(`Page in ${directory}`);
    const everything = args.length === 0;
    const counts = [
      everything ? await check('types', 'typescript/bin/tsc', ['--noEmit', '-p', '.']) : noCount,
      everything ? await check('lint', '@biomejs/biome/bin/biome', ['ci', '.', ...(plain ? ['--colors=off'] : [])]) : noCount,
      everything ? await checkDependencies() : noCount,
      await runTests(args, chromium),
    ];
    return {
      passed: counts.reduce((sum, { passed }) => sum + passed, 0),
      failed: counts.reduce((sum, { failed }) => sum + failed, 0),
    };
  } finally {
    // A service that was installed stays, like any; a daemon that only this run called up goes with it.
    if (daemonPid !== undefined) await endDaemon(daemonPid);
  }
}

// The tool that runs gets the signal too, and has its own things to clear away; this then ends by itself.
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted = true;
  });
}

try {
  const { passed, failed } = await runAll(process.argv.slice(2));
  say(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  say(`The tests could not be run: ${error instanceof Error ? error.message : String(error)}`);
  say('\n0 passed, 1 failed');
  process.exitCode = 1;
}
