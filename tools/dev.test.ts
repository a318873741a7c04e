import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@mainstay/wire/client';
import { contract } from '@mainstay/wire/contract';
import { expect, onTestFinished, test } from 'vitest';
import { note } from '../test/e2e/harness/ledger.ts';
import { until } from '../test/e2e/harness/until.ts';

const dev = join(import.meta.dirname, 'dev.ts');

test('npm run dev: hosts with servers, a link to sign in with, and nothing left after Ctrl-C', async () => {
  const child = spawn(process.execPath, [dev, '--hosts', '2', '--servers', '3'], {
    env: { ...process.env, MAINSTAY_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  note('processes', String(child.pid));
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    said += piece;
  });
  await until('its servers made', () => said.includes('Created 3 servers on each of 2 hosts'), Boolean, 60_000);
  const after = (word: string) => new RegExp(`${word}\\s+([^\\s,]+)`).exec(said)?.[1] ?? '';

  const call = createClient({ baseUrl: after('Page'), token: after('Token') });
  expect((await call(contract.listAgents, {})).items.map(({ name, online }) => [name, online])).toEqual([
    ['attic', true],
    ['basement', true],
  ]);
  expect((await call(contract.listServers, { query: { includeDeleted: 'true' } })).items).toHaveLength(6);
  const [, code = ''] = after('Sign in').split('#code=');
  expect(await call(contract.signIn, { body: { code } })).toMatchObject({ name: 'owner' });
  expect(existsSync(after('State'))).toBe(true);

  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(existsSync(after('State'))).toBe(false);
});

test('a flag that makes no sense ends it with one line', async () => {
  const child = spawn(process.execPath, [dev, '--hosts', 'many'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    said += piece;
  });
  expect(await once(child, 'close')).toEqual([1, null]);
  expect(said).toBe('--hosts must be a whole number from 1 to 1000, not “many”.\n');
});
