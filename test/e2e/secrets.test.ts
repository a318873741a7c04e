// A secret on its way: the program gets it, and nobody else does. Looked for afterwards wherever somebody could read.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contract } from '@mainstay/wire/contract';
import { describe, expect } from 'vitest';
import type { Installation } from './harness/installation.ts';
import { test } from './harness/scenario.ts';

const secret = 'sesame-open-the-mountain-7f3a';
const other = 'another-mountain-91bc';

const environmentOf = async ({ outside }: Installation, name: string) => (await outside.inspect(name)).Config.Env;

/** Every file below a directory, worlds included. */
function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

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
