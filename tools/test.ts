// `npm test`: sees to all that the tests need (engine, sample image, Chromium, page), then types, format and lint, and every
// test. Its last line is the sum, `N passed, N failed`, in which types and lint count as one each.
// With arguments (`npm test -- lifecycle`) it is a developer's quick look: they go to vitest, and types and lint are left out.

import { auditDependencies } from './audit.ts';
import { noCount, type TestCount } from './test-count.ts';
import { closing, onGround, plain, ROOT, run, runTests, say, section } from './test-run.ts';

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

async function runAll(args: readonly string[], chromium: string): Promise<TestCount[]> {
  const everything = args.length === 0;
  return [
    everything ? await check('types', 'typescript/bin/tsc', ['--noEmit', '-p', '.']) : noCount,
    everything ? await check('lint', '@biomejs/biome/bin/biome', ['ci', '.', ...(plain ? ['--colors=off'] : [])]) : noCount,
    everything ? await checkDependencies() : noCount,
    await runTests(args, { CHROMIUM_PATH: chromium }),
  ];
}

await closing(() => onGround((chromium) => runAll(process.argv.slice(2), chromium)));
