// What a program says about itself on the real engine, with the secrets that it was given: to its log, and over RCON. A log is read
// by whoever may see the server, and no secret is theirs.

import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerId } from '@mainstay/core/id';
import type { ContainerSpec } from '@mainstay/wire/link';
import type { LogLine } from '@mainstay/wire/servers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createHandlers } from '../src/serve.ts';
import { bringUp, docker, eventually, newServerId, openHost, program, sampleSpec, type TestHost } from './host.ts';

const secret = 'sesame-open-7f3a';
let host: TestHost;
let serverId: ServerId;
let spec: ContainerSpec;

beforeAll(async () => {
  host = await openHost();
});
beforeEach(() => {
  serverId = newServerId();
  spec = sampleSpec(`secrets-${serverId.slice(0, 8)}`);
});
afterEach(() => host.do(serverId, { action: 'ensure-absent' }));
afterAll(() => host.close());

const asked = { signal: new AbortController().signal, report: () => undefined };
const target = () => ({ serverId, containerId: null });
/** What the API reads of the log, once the program has said as much as it is going to. */
async function logOf(last: string): Promise<string[]> {
  const raw = async () => (await docker.getContainer(spec.name).logs({ stdout: true, stderr: true })).toString();
  await eventually(async () => (await raw()).includes(last));
  expect(await raw()).toContain(secret);
  const { lines } = await createHandlers(host.world)['server.logs']({ ...target(), tail: 100 }, asked);
  return lines.map(({ text }) => text);
}

async function up(changes: Partial<ContainerSpec>): Promise<void> {
  spec = { ...spec, ...changes, env: { ...spec.env, ...changes.env } };
  await host.do(serverId, ...bringUp(spec));
}

const saying = program(`
  const { CODE, OPEN } = process.env;
  console.log('as it is: ' + CODE);
  console.error('in colours: \\u001b[31m' + CODE.slice(0, 4) + '\\u001b[0m' + CODE.slice(4));
  console.log('open: \\u001b[32m' + OPEN + '\\u001b[0m');
  console.log('said');
  setInterval(() => {}, 1000);
`);

it('stands in no log, and what is no secret stands there as it was said', async () => {
  await up({ command: saying, env: { CODE: secret, OPEN: 'for-everybody' }, sealedEnv: { CODE: 'sealed' } });
  const lines = await logOf('said');
  expect(lines).toEqual(expect.arrayContaining(['as it is: ••••', 'in colours: ••••', 'open: \u001b[32mfor-everybody\u001b[0m', 'said']));
});

it('stands on no console that is followed', async () => {
  await up({ command: saying, env: { CODE: secret, OPEN: '' }, sealedEnv: { CODE: 'sealed' } });
  const cut = new AbortController();
  const seen: string[] = [];
  const report = (lines: unknown) => seen.push(...(lines as LogLine[]).map(({ text }) => text));
  const following = createHandlers(host.world)['server.follow'](
    { ...target(), tail: 100, progressToken: null },
    { report, signal: cut.signal },
  );
  await eventually(() => seen.includes('said'));
  cut.abort();
  await following;
  expect(seen).toContain('as it is: ••••');
  expect(seen.join('\n')).not.toContain(secret);
});

it('is in no answer of RCON', async () => {
  await up({ env: { RCON_PASSWORD: secret }, sealedEnv: { RCON_PASSWORD: 'sealed' } });
  const console = { via: 'rcon', containerPort: 27015, passwordEnv: 'RCON_PASSWORD', stopCommand: null } as const;
  const send = (line: string) => createHandlers(host.world)['server.input']({ ...target(), line, console }, asked);
  await eventually(() => send('list'));
  expect(await send(secret)).toEqual({ answer: 'unknown command ••••; try help' });
  await send(`say ${secret}`);
  expect((await logOf('[chat]')).join('\n')).toContain('[chat] <console> ••••');
});

it('stands in no log where no manifest tells which of the variables are secret', async () => {
  await up({ command: saying, env: { CODE: secret, OPEN: '' }, sealedEnv: { CODE: 'sealed' } });
  await rename(join(host.dataRoot, serverId, 'manifest.json'), join(host.dataRoot, serverId, 'gone.json'));
  expect((await logOf('said')).join('\n')).not.toContain(secret);
});
