// A secret on its way: the program gets it, and nobody else does. Looked for afterwards wherever somebody could read.

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Role, roles } from '@mainstay/core/access';
import { createClient } from '@mainstay/wire/client';
import { contract, type Route } from '@mainstay/wire/contract';
import { Secret, TOTP } from 'otpauth';
import { describe, expect, onTestFinished } from 'vitest';
import { SAMPLE_IMAGE } from '../../tools/sample-image.ts';
import { openConsole } from './harness/console.ts';
import { type Installation, openInstallation } from './harness/installation.ts';
import { ownerCookie, testPassword } from './harness/person.ts';
import { sampleServer } from './harness/sample.ts';
import { test } from './harness/scenario.ts';
import { until } from './harness/until.ts';

const secret = 'sesame-open-the-mountain-7f3a';
const other = 'another-mountain-91bc';

const environmentOf = async ({ outside }: Installation, name: string) => (await outside.inspect(name)).Config.Env;

/** Every file below a directory, worlds included. */
function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Every answer that the API gives to who reads all of it. */
async function everythingRead(mainstay: Installation, token: string, ids: Readonly<Record<string, string>>): Promise<string[]> {
  const readable = (Object.values(contract) as Route[]).filter(({ method, path }) => method === 'GET' && !streams.includes(path));
  const asked = readable.flatMap(({ path }) =>
    (queries[path] ?? ['']).map((query) => path.replace(/:(\w+)/g, (_, name: string) => ids[name] ?? 'none') + query),
  );
  return Promise.all(
    asked.map(async (at) => {
      const response = await fetch(mainstay.manager.url + at, { headers: { authorization: `Bearer ${token}` } });
      return `${response.status} ${at} ${await response.text()}`;
    }),
  );
}
const streams: readonly string[] = [contract.streamChanges.path, contract.followConsole.path];
const queries: Readonly<Record<string, readonly string[]>> = {
  [contract.checkPort.path]: ['?protocol=tcp&port=7777'],
  [contract.exportAudit.path]: ['?format=csv', '?format=jsonl'],
};

/** What `ps` shows to every user of the machine, looked at again and again. @returns how to end it, with all that was seen */
function watchProcesses(): () => Promise<string> {
  const stopping = new AbortController();
  const seen = new Set<string>();
  const watching = (async () => {
    for (; !stopping.signal.aborted; await setTimeout(50, undefined, { signal: stopping.signal }).catch(() => undefined)) {
      const { stdout } = await promisify(execFile)('ps', ['axww', '-o', 'args']);
      for (const line of stdout.split('\n')) seen.add(line);
    }
  })();
  return async () => {
    stopping.abort();
    await watching;
    return [...seen].join('\n');
  };
}

/** What a person's secrets are after a sign-in with all that there is. */
async function signedInOwner(mainstay: Installation) {
  const cookie = await ownerCookie(mainstay.manager);
  const headers = { cookie, 'sec-fetch-site': 'same-origin' };
  const call = createClient({
    baseUrl: mainstay.url,
    fetch: (at, init) => fetch(at, { ...init, headers: { ...(init?.headers as object), ...headers } }),
  });
  const { ticket, secret: totp } = await call(contract.createTotp, {});
  const code = new TOTP({ secret: Secret.fromBase32(totp) }).generate();
  const { codes } = await call(contract.confirmTotp, { body: { ticket, code } });
  const { code: invitation } = await call(contract.createInvitation, { body: { label: 'ann', grants: roleFor('viewer') } });
  return { password: testPassword, session: cookie.split('=')[1] ?? '', totp, recovery: codes[0] ?? '', invitation };
}

const roleFor = (role: Role) => [{ role, scope: { kind: 'everything' as const } }];

describe('the secrets of a whole story', () => {
  test('stand in no answer, log, event, file or process list: of programs, channels, people, programs that ask, and of the manager itself', async () => {
    const secrets: Record<string, string> = {
      variable: 'story-variable-2c77a0',
      said: 'story-said-at-its-start-66d1',
      rcon: 'story-rcon-91be',
      channel: 'story-channel-5d0f31',
      script: 'story-script-e8d2',
      provider: 'story-provider-b7c4',
    };
    const mainstay = await openInstallation({
      settings: {
        MAINSTAY_OIDC_ISSUER: 'https://id.invalid',
        MAINSTAY_OIDC_CLIENT_ID: 'story',
        MAINSTAY_OIDC_CLIENT_SECRET: secrets['provider'] ?? '',
      },
    });
    onTestFinished(() => mainstay.close());
    const processes = watchProcesses();
    const changes = await mainstay.changes();
    await expect(mainstay.call(contract.startSso, { body: {} })).rejects.toMatchObject({ code: 'sso-failed' });
    Object.assign(secrets, await signedInOwner(mainstay));
    const tokens = await Promise.all(
      roles.map(async (role) => (await mainstay.call(contract.createToken, { body: { name: `a ${role}`, grants: roleFor(role) } })).token),
    );
    for (const [at, token] of [mainstay.token, ...tokens].entries()) secrets[`token ${at}`] = token;

    const channel = await mainstay.call(contract.createChannel, {
      body: { kind: 'slack', name: 'story', url: `http://127.0.0.1:9/${secrets['channel']}`, allowPrivate: true },
    });
    await mainstay.call(contract.testChannel, { params: { channelId: channel.id } });
    const told = Object.fromEntries(
      Object.entries({ CODE: 'variable', LOBBY_NAME: 'said', RCON_PASSWORD: 'rcon', SAID: 'script' }).map(([name, of]) => [
        name,
        { secret: secrets[of] ?? '' },
      ]),
    );
    const console = { via: 'rcon', containerPort: 27015, passwordEnv: 'RCON_PASSWORD', stopCommand: null } as const;
    const install = { volume: 'world', image: SAMPLE_IMAGE, entrypoint: 'node', script: 'console.log(process.env.SAID, process.env.CODE)' };
    const server = await mainstay.create({ env: told, console, install });
    const page = await openConsole(mainstay, server);
    const type = (line: string) => mainstay.call(contract.sendConsole, { params: { serverId: server.id }, body: { line } });
    await until('an answer of RCON', () => type('list'));
    // An operator who asks has it said again, in an answer and in the log.
    expect(await type(secrets['rcon'] ?? '')).toEqual({ answer: 'unknown command ••••; try help' });
    await type(`say ${secrets['variable']}`);
    await page.shows('<console> ••••');
    const raw = (await mainstay.outside.docker.getContainer(server.name).logs({ stdout: true, stderr: true })).toString();
    for (const of of ['said', 'variable']) expect(raw).toContain(secrets[of]);

    const failing = await mainstay.call(contract.createServer, {
      body: await sampleServer({ env: told, install: { ...install, script: `${install.script}; process.exit(3)` } }),
    });
    expect(await mainstay.ended(failing)).toMatchObject({
      state: 'failed',
      error: { code: 'install-failed', detail: expect.stringContaining('••••') },
    });
    await mainstay.carryOut('rebuild', server);
    const ids = { serverId: server.id, operationId: failing.id, agentId: (await mainstay.agent()).id, channelId: channel.id };
    const readByAll = async () => (await Promise.all(tokens.map((token) => everythingRead(mainstay, token, ids)))).flat();
    const said = await readByAll();
    expect(said.find((each) => each.includes('/logs '))).toContain('[start] •••• is starting');

    const keyOf = () => readFileSync(join(mainstay.manager.home, 'manager/secret.key'), 'utf8').trim();
    secrets['key before'] = keyOf();
    await mainstay.manager.stop();
    expect((await mainstay.manager.command('secrets', 'rotate')).code).toBe(0);
    secrets['key'] = keyOf();
    await mainstay.manager.start();
    await mainstay.untilOnline();
    await mainstay.carryOut('delete', server);
    await mainstay.carryOut('purge', server, { removeData: true, archive: true, confirmName: server.name });
    said.push(...(await readByAll()), JSON.stringify(changes.seen), JSON.stringify(page.seen), await processes());
    await page.close();
    expect(said.filter((each) => each.startsWith('200 /api/audit/export')).length).toBe(8);
    expect(said.filter((each) => each.startsWith('200 ')).length).toBeGreaterThan(120);

    for (const [what, text] of Object.entries(secrets)) {
      expect(text.length, what).toBeGreaterThan(7);
      expect(
        said.filter((each) => each.includes(text)).map((each) => each.slice(0, 100)),
        what,
      ).toEqual([]);
      expect(
        filesBelow(mainstay.directory).filter((path) => !path.includes('/secret.key') && readFileSync(path).includes(text)),
        what,
      ).toEqual([]);
    }
  });
});

describe('a secret variable', () => {
  test('reaches the program, and stands in no log, database, manifest or answer', async ({ mainstay }) => {
    const changes = await mainstay.changes();
    const server = await mainstay.create({ env: { ADMIN_CODE: { secret } } });
    expect(await environmentOf(mainstay, server.name)).toContain(`ADMIN_CODE=${secret}`);
    expect(server.env['ADMIN_CODE']).toBe(null);

    await mainstay.outside.remove(server.name);
    await mainstay.untilState(server.id, 'missing');
    await mainstay.carryOut('start', server);
    expect(await environmentOf(mainstay, server.name)).toContain(`ADMIN_CODE=${secret}`);

    const answers = await Promise.all([
      mainstay.servers(),
      mainstay.history(server.id),
      mainstay.call(contract.listServerOperations, { params: { serverId: server.id } }),
      mainstay.call(contract.listAgents, {}),
    ]);
    expect(JSON.stringify(answers)).not.toContain(secret);
    expect(JSON.stringify(changes.seen)).not.toContain(secret);
    const found = filesBelow(mainstay.directory).filter((path) => readFileSync(path).includes(secret));
    expect(found).toEqual([]);
  });

  test('that is changed is outdated until a rebuild, without telling what it was or is', async ({ mainstay }) => {
    const server = await mainstay.create({ env: { ADMIN_CODE: { secret } } });
    const env = { ...server.env, ADMIN_CODE: { secret: other } };
    const changed = await mainstay.call(contract.configureServer, { params: { serverId: server.id }, body: { env } });
    expect(changed.outdated).toEqual(['env']);
    expect(await environmentOf(mainstay, server.name)).toContain(`ADMIN_CODE=${secret}`);
    await mainstay.carryOut('rebuild', server);
    expect(await environmentOf(mainstay, server.name)).toContain(`ADMIN_CODE=${other}`);
    expect((await mainstay.server(server.id)).outdated).toEqual([]);
  });
});
