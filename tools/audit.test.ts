// What is known of our dependencies, by a made-up npm on the PATH.

import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { auditDependencies } from './audit.ts';

let directory: string;
const path = process.env['PATH'];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mainstay-audit-'));
  process.env['PATH'] = `${directory}:${path}`;
});
afterEach(async () => {
  process.env['PATH'] = path;
  await rm(directory, { recursive: true });
});

async function npm(script: string): Promise<void> {
  await writeFile(join(directory, 'npm'), `#!/bin/sh\n${script}\n`);
  await chmod(join(directory, 'npm'), 0o755);
}
const says = (answer: unknown, code = 0) => npm(`echo '${JSON.stringify(answer)}'; exit ${code}`);

test('a report without grave findings is a check that passed', async () => {
  await says({ vulnerabilities: { dull: { severity: 'moderate' } } });
  expect(await auditDependencies(directory)).toEqual({ kind: 'checked', grave: [] });
});

test('grave findings are named, whatever npm’s exit code', async () => {
  await says({ vulnerabilities: { bad: { severity: 'critical' }, dull: { severity: 'low' }, worse: { severity: 'high' } } }, 1);
  expect(await auditDependencies(directory)).toEqual({ kind: 'checked', grave: ['bad (critical)', 'worse (high)'] });
});

test('a registry that cannot be asked has checked nothing, and says why', async () => {
  await says({ message: '405 Method Not Allowed' }, 1);
  expect(await auditDependencies(directory)).toEqual({ kind: 'unchecked', why: '405 Method Not Allowed' });
  await npm('exit 1');
  expect(await auditDependencies(directory)).toEqual({ kind: 'unchecked', why: 'npm audit gave no report' });
  await says({});
  expect((await auditDependencies(directory)).kind).toBe('unchecked');
});
