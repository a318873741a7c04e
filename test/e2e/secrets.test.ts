// A secret on its way: the program gets it, and nobody else does. Looked for afterwards wherever somebody could read.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contract, type Route } from '@mainstay/wire/contract';
import { describe, expect } from 'vitest';
import { SAMPLE_IMAGE } from '../../tools/sample-image.ts';
import type { Installation } from './harness/installation.ts';
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
async function everythingRead(mainstay: Installation, ids: Readonly<Record<string, string>>): Promise<string[]> {
  const readable = (Object.values(contract) as Route[]).filter(({ method, path }) => method === 'GET' && !streams.includes(path));
  return Promise.all(
    readable.map(async ({ path }) => {
      const at = path.replace(/:(\w+)/g, (_, name: string) => ids[name] ?? 'none');
      const response = await fetch(mainstay.manager.url + at + (queries[path] ?? ''), {
        headers: { authorization: `Bearer ${mainstay.token}` },
      });
      return `${response.status} ${at} ${await response.text()}`;
    }),
  );
}
const streams: readonly string[] = [contract.streamChanges.path, contract.followConsole.path];
const queries: Readonly<Record<string, string>> = { [contract.checkPort.path]: '?protocol=tcp&port=7777' };

describe('the secrets of a whole story', () => {
  test('stand in no answer, log, event, file or process list: variable, RCON password, channel, and what an install script says', async ({
    mainstay,
  }) => {
    const secrets = {
      variable: 'story-variable-2c77a0',
      rcon: 'story-rcon-91be',
      channel: 'story-channel-5d0f31',
      script: 'story-script-e8d2',
    };
    const changes = await mainstay.changes();
    const channel = await mainstay.call(contract.createChannel, {
      body: { kind: 'slack', name: 'story', url: `http://127.0.0.1:9/${secrets.channel}`, allowPrivate: true },
    });
    await mainstay.call(contract.testChannel, { params: { channelId: channel.id } });
    const told = { CODE: { secret: secrets.variable }, RCON_PASSWORD: { secret: secrets.rcon }, SAID: { secret: secrets.script } };
    const console = { via: 'rcon', containerPort: 27015, passwordEnv: 'RCON_PASSWORD', stopCommand: null } as const;
    const install = { volume: 'world', image: SAMPLE_IMAGE, entrypoint: 'node', script: 'console.log(process.env.SAID, process.env.CODE)' };
    const server = await mainstay.create({ env: told, console, install });
    const { answer } = await until('an answer of RCON', () =>
      mainstay.call(contract.sendConsole, { params: { serverId: server.id }, body: { line: 'list' } }),
    );
    expect(answer).not.toBeNull();
    const failing = await mainstay.call(contract.createServer, {
      body: await sampleServer({ env: told, install: { ...install, script: `${install.script}; process.exit(3)` } }),
    });
    expect(await mainstay.ended(failing)).toMatchObject({
      state: 'failed',
      error: { code: 'install-failed', detail: expect.stringContaining('••••') },
    });
    await mainstay.carryOut('rebuild', server);
    const ids = { serverId: server.id, operationId: failing.id, agentId: (await mainstay.agent()).id, channelId: channel.id };
    const said = [...(await everythingRead(mainstay, ids)), processList()];
    await mainstay.carryOut('delete', server);
    await mainstay.carryOut('purge', server, { removeData: true, archive: true, confirmName: server.name });
    said.push(...(await everythingRead(mainstay, ids)), JSON.stringify(changes.seen));
    expect(said.filter((each) => each.startsWith('200 ')).length).toBeGreaterThan(30);

    for (const [what, text] of Object.entries(secrets)) {
      expect(
        said.filter((each) => each.includes(text)),
        what,
      ).toEqual([]);
      expect(
        filesBelow(mainstay.directory).filter((path) => readFileSync(path).includes(text)),
        what,
      ).toEqual([]);
    }
  });
});

/** What `ps` shows to every user of the machine. */
const processList = () => execFileSync('ps', ['axww', '-o', 'args'], { encoding: 'utf8' });

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
