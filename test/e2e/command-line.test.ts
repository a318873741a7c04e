// What is said on a terminal: bad settings end with one clear line and exit code 2, a command that makes a secret prints it
// alone, and a second manager on the same directory is refused.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createClient } from '@mainstay/wire/client';
import { contract } from '@mainstay/wire/contract';
import { test as base, describe, expect } from 'vitest';
import { createHost } from './harness/host.ts';
import { ownDirectory } from './harness/ledger.ts';
import { ownerCookie } from './harness/person.ts';
import { freePort } from './harness/ports.ts';
import { runProgram, type Settings } from './harness/program.ts';
import { test } from './harness/scenario.ts';

const oneLine = (text: string) => text.trimEnd().split('\n');

describe('a setting that cannot be used', () => {
  const bad: [string, string[], Settings, RegExp][] = [
    ['a port that is none', ['manager'], { MAINSTAY_PORT: 'eighty' }, /MAINSTAY_PORT is “eighty”.*0 to 65535/],
    ['a port that is too large', ['manager'], { MAINSTAY_PORT: '65536' }, /MAINSTAY_PORT is “65536”.*0 to 65535/],
    ['a host that is none', ['manager'], { MAINSTAY_HOST: 'not a host' }, /MAINSTAY_HOST is “not a host”/],
    ['an address that this machine has not', ['manager'], { MAINSTAY_HOST: '192.0.2.1', MAINSTAY_PORT: '0' }, /MAINSTAY_HOST/],
    [
      'an address of the page that is none',
      ['manager'],
      { MAINSTAY_PUBLIC_URL: 'mainstay.example.org', MAINSTAY_PORT: '0' },
      /MAINSTAY_PUBLIC_URL is “mainstay.example.org”.*https:/,
    ],
    [
      'half an identity provider',
      ['manager'],
      { MAINSTAY_OIDC_ISSUER: 'https://id.example.org' },
      /MAINSTAY_OIDC_CLIENT_ID and MAINSTAY_OIDC_CLIENT_SECRET/,
    ],
    [
      'an identity provider without TLS',
      ['manager'],
      { MAINSTAY_OIDC_ISSUER: 'http://id.example.org', MAINSTAY_OIDC_CLIENT_ID: 'x', MAINSTAY_OIDC_CLIENT_SECRET: 'y' },
      /MAINSTAY_OIDC_ISSUER is “http:.*https:/,
    ],
    ['a log level that is none', ['manager'], { MAINSTAY_LOG: 'loud', MAINSTAY_PORT: '0' }, /MAINSTAY_LOG is “loud”.*debug/],
    ['an agent without a manager', ['agent'], {}, /MAINSTAY_MANAGER/],
    [
      'an agent that never joined, without a token',
      ['agent'],
      { MAINSTAY_MANAGER: 'http://127.0.0.1:9' },
      /MAINSTAY_JOIN_TOKEN|join token/i,
    ],
    ['a manager’s address that is none', ['agent', '--manager', 'somewhere'], {}, /MAINSTAY_MANAGER.*“somewhere”/],
    ['an agent’s name that is none', ['agent', '--name', 'a b'], {}, /MAINSTAY_AGENT_NAME.*“a b”/],
    ['a token’s role that is none', ['token', 'create', '--role', 'king'], {}, /--role is “king”.*viewer/],
    ['an owner of a part', ['token', 'create', '--role', 'owner', '--host', 'attic'], {}, /owner of everything.*--role/],
    ['a token for no days', ['token', 'create', '--days', '0'], {}, /--days is “0”/],
    ['a token’s name that is empty', ['token', 'create', '--name', ''], {}, /--name/],
    ['an unknown command', ['fly'], {}, /unknown command 'fly'/],
    ['an unknown option', ['manager', '--fast'], {}, /unknown option '--fast'/],
  ];

  base.concurrent.for(bad)('%s ends with one line and exit code 2', async ([, args, settings, says], { expect }) => {
    const ran = await runProgram(args, { MAINSTAY_HOME: ownDirectory('home'), ...settings });
    expect(oneLine(ran.stderr)).toEqual([expect.stringMatching(says)]);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
  });

  base('a port that another program has ends with one line that names it and exit code 2', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    const ran = await runProgram(['manager'], { MAINSTAY_HOME: ownDirectory('home'), MAINSTAY_PORT: String(port) });
    other.close();
    expect(oneLine(ran.stderr).filter((line) => line.startsWith('mainstay: '))).toEqual([expect.stringContaining(`Port ${port}`)]);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('beside a running manager', () => {
  test('token create prints a token alone, and it lets its bearer in', async ({ mainstay }) => {
    const ran = await mainstay.manager.command('token', 'create', '--name', 'a robot');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^[A-Za-z0-9_-]{32,}\n$/);
    const call = createClient({ baseUrl: mainstay.manager.url, token: ran.stdout.trim() });
    expect(await call(contract.getSession, {})).toMatchObject({ name: 'a robot', expiresAt: null, account: null });
    // No more than looking was asked for.
    await expect(call(contract.createJoinToken, {})).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('join-token create prints a token alone, and a further host joins with it, once', async ({ mainstay }) => {
    const ran = await mainstay.manager.command('join-token', 'create');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^[A-Za-z0-9_-]{32,}\n$/);

    const { directory, manager } = mainstay;
    const further = (name: string) => createHost({ directory, name, managerUrl: manager.url, joinToken: ran.stdout.trim() });
    const second = further('second');
    const page = await mainstay.changes();
    second.start();
    const told = await page.first('the second host online', ({ event }) => event?.happening.kind === 'agent-online');
    expect(told.agent).toMatchObject({ name: 'second', online: true });
    await second.stop();
    await page.first('the second host away', ({ event, agent }) => event?.happening.kind === 'agent-away' && agent?.name === 'second');

    const third = further('third');
    third.start();
    expect(await third.ended()).not.toBe(0);
    const { items } = await mainstay.call(contract.listAgents, {});
    expect(items.map(({ name }) => name)).toEqual(['host', 'second']);
    await mainstay.call(contract.removeAgent, { params: { agentId: told.agent!.id } });
  });

  test('sign-in-link prints a link that signs in, once', async ({ mainstay }) => {
    const { stdout, code } = await mainstay.manager.command('sign-in-link');
    expect(code).toBe(0);
    const [address, secret] = stdout.trim().split('#code=');
    expect(address).toBe(`${mainstay.manager.url}/sign-in`);
    const call = createClient({ baseUrl: mainstay.manager.url });
    expect(await call(contract.signIn, { body: { code: secret! } })).toMatchObject({ name: 'owner' });
    await expect(call(contract.signIn, { body: { code: secret! } })).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('account reset-link prints a link for a person that there is', async ({ mainstay }) => {
    await ownerCookie(mainstay.manager);
    expect((await mainstay.manager.command('account', 'list')).stdout).toBe('olga  owner\n');
    const link = await mainstay.manager.secret('account', 'reset-link', 'Olga');
    expect(link).toMatch(new RegExp(`^${mainstay.manager.url}/reset#code=[A-Za-z0-9_-]{32,}$`));
    const call = createClient({ baseUrl: mainstay.manager.url });
    const body = { code: link.split('#code=')[1]!, password: 'one that is new' };
    expect(await call(contract.resetPassword, { body })).toMatchObject({ name: 'olga' });
    expect(await mainstay.manager.command('account', 'reset-link', 'nobody')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no account “nobody”'),
    });
  });

  test('a link leads to where the manager runs, whatever the settings of this shell are', async ({ mainstay }) => {
    const ran = await runProgram(['sign-in-link'], { MAINSTAY_HOME: mainstay.manager.home, MAINSTAY_PORT: '1' });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(new RegExp(`^${mainstay.manager.url}/sign-in#code=`));
  });

  test('tokens are listed by what they are for, and revoked by a name that is the only one', async ({ mainstay }) => {
    const server = await mainstay.create();
    const token = await mainstay.manager.secret('token', 'create', '--name', 'opbot', '--role', 'operator', '--server', server.name);
    expect((await mainstay.manager.command('token', 'list')).stdout).toContain(`opbot  operator of server ${server.name}`);
    expect(await mainstay.manager.command('token', 'revoke', 'opbot')).toMatchObject({ code: 0, stderr: '' });
    const call = createClient({ baseUrl: mainstay.manager.url, token });
    await expect(call(contract.getSession, {})).rejects.toMatchObject({ code: 'unauthenticated' });
    await Promise.all([1, 2].map(() => mainstay.manager.secret('token', 'create', '--name', 'twin')));
    expect(await mainstay.manager.command('token', 'revoke', 'twin')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Several'),
    });
  });

  test('secrets rotate is refused, and says that the manager has to be stopped first', async ({ mainstay }) => {
    const ran = await mainstay.manager.command('secrets', 'rotate');
    expect(oneLine(ran.stderr)).toEqual([expect.stringMatching(/already runs.*Stop it first: a running manager goes on sealing/)]);
    expect(ran.code).toBe(2);
  });

  test('a second manager on the same directory is refused with one line, and the first goes on', async ({ mainstay }) => {
    const ran = await runProgram(['manager'], { MAINSTAY_HOME: mainstay.manager.home, MAINSTAY_PORT: '0' });
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(oneLine(ran.stderr)).toEqual([expect.stringContaining('Another manager already runs')]);
    expect(await mainstay.call(contract.readyz, {})).toEqual({ status: 'ready' });
  });

  test('a second agent on the same directory is refused with one line, and the first stays online', async ({ mainstay }) => {
    const before = await mainstay.agent();
    const ran = await runProgram(['agent'], { MAINSTAY_HOME: mainstay.host.home.replace(/\/agent$/, '') });
    expect(ran.code).not.toBe(0);
    expect(oneLine(ran.stderr)).toEqual([expect.stringMatching(/agent/i)]);
    expect(await mainstay.agent()).toMatchObject({ online: true, since: before.since });
  });
});

base('./mainstay runs what lies in its own checkout, from wherever and by whatever name it is called', async () => {
  const checkout = join(import.meta.dirname, '../..');
  const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { version: string };
  const elsewhere = ownDirectory('elsewhere');
  const linked = join(elsewhere, 'linked');
  symlinkSync(join(checkout, 'mainstay'), linked);
  for (const command of [join(checkout, 'mainstay'), linked]) {
    expect(await promisify(execFile)(command, ['--version'], { cwd: elsewhere })).toMatchObject({ stdout: `${version}\n`, stderr: '' });
  }
});

describe('ctrl-C', () => {
  test('ends manager and agent cleanly, and servers keep running', async ({ mainstay }) => {
    const server = await mainstay.create();
    expect(await mainstay.host.stop()).toBe(0);
    expect(await mainstay.manager.stop()).toBe(0);
    expect(await mainstay.outside.inspect(server.name)).toMatchObject({ Id: server.containerId, State: { Running: true } });
    await mainstay.manager.start();
    mainstay.host.start();
    await mainstay.untilOnline();
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'running', stateSince: server.stateSince });
  });
});

test('once the manager has ended, a link says that its address is a guess', async ({ mainstay }) => {
  await mainstay.manager.stop();
  try {
    const ran = await mainstay.manager.command('sign-in-link');
    expect(oneLine(ran.stderr)).toEqual([expect.stringMatching(/no manager runs here now/)]);
    expect(ran.stdout).toMatch(new RegExp(`^${mainstay.manager.url}/sign-in#code=`));
  } finally {
    await mainstay.manager.start();
  }
});

base('a token for a directory without a manager’s database is refused with one line', async () => {
  const ran = await runProgram(['token', 'create'], { MAINSTAY_HOME: ownDirectory('home') });
  expect(ran).toMatchObject({ stdout: '' });
  expect(ran.code).not.toBe(0);
  expect(oneLine(ran.stderr)).toHaveLength(1);
});
