// An egg of another panel, all the way: read, saved as a template, answered, installed by its own script, its files written,
// ready by its own words, stopped by its own command. The sample server stands in for the egg's program.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contract } from '@mainstay/wire/contract';
import { expect } from 'vitest';
import { SAMPLE_IMAGE } from '../../tools/sample-image.ts';
import type { Installation } from './harness/installation.ts';
import { freePort } from './harness/ports.ts';
import { freshName } from './harness/sample.ts';
import { test } from './harness/scenario.ts';

const variable = (env: string, value: string, rules: string, editable = true) => ({
  name: env,
  description: '',
  env_variable: env,
  default_value: value,
  user_viewable: true,
  user_editable: editable,
  rules,
});

/** @param script what its installation does, for Node: the sample image holds nothing else */
const eggThat = (script: string) => ({
  meta: { version: 'PTDL_v2' },
  name: 'Lobby',
  author: 'somebody@example.org',
  docker_images: { Sample: SAMPLE_IMAGE },
  startup: 'node /sample/main.ts --port {{SERVER_PORT}}',
  config: {
    files: JSON.stringify({
      'config/server.properties': { parser: 'properties', find: { 'server-port': '{{server.build.default.port}}', motd: '{{env.MOTD}}' } },
    }),
    startup: JSON.stringify({ done: '[ready] lobby open' }),
    logs: '{}',
    stop: 'stop',
  },
  scripts: { installation: { script, container: SAMPLE_IMAGE, entrypoint: 'node' } },
  variables: [
    variable('MOTD', 'Hello', 'required|string|max:40'),
    variable('PORT', '7777', 'required|integer|between:1024,65535'),
    variable('DATA_DIR', '/home/container', 'required|in:/home/container', false),
  ],
});

/** Imports an egg as the page does, and asks for a server of it. */
async function serverOf(mainstay: Installation, egg: object, answers: Record<string, string>) {
  const read = await mainstay.call(contract.readTemplate, { body: { text: JSON.stringify(egg) } });
  const { id } = await mainstay.call(contract.createTemplate, { body: { template: read.template } });
  const port = await freePort();
  const { serverId } = await mainstay.call(contract.createFromTemplate, {
    params: { templateId: id },
    body: { name: freshName(), answers: { ...answers, PORT: port }, ports: { game: port } },
  });
  if (serverId === null) throw new Error('No server was recorded.');
  return { read, serverId, port };
}

test('an egg becomes a server: installed, configured, ready, and stopped, each by the egg’s own words', async ({ mainstay }) => {
  const egg = eggThat(`require('fs').appendFileSync('/mnt/server/installed', process.env.MOTD + ' ' + process.env.SERVER_PORT);`);
  const { read, serverId, port } = await serverOf(mainstay, egg, { MOTD: 'Ahoy' });
  expect(read.notes.map(({ code }) => code)).toContain('author');
  const ready = await mainstay.untilServer(serverId, 'the server ready', ({ readyAt }) => readyAt !== null);
  expect(ready).toMatchObject({ state: 'running', sandbox: { user: '1000:1000', readOnlyRoot: true } });

  const inVolume = (path: string) => readFileSync(join(mainstay.host.dataOf(serverId), 'volumes', 'data', path), 'utf8');
  expect(inVolume('installed')).toBe(`Ahoy ${port}`);
  expect(inVolume('config/server.properties')).toBe(`server-port=${port}\nmotd=Ahoy\n`);
  const { Config } = await mainstay.outside.inspect(ready.name);
  expect(Config.Env).toEqual(
    expect.arrayContaining([`SERVER_PORT=${port}`, expect.stringMatching(/^STARTUP=.* --port \$\{SERVER_PORT\}$/)]),
  );

  await mainstay.carryOut('stop', ready);
  expect((await mainstay.history(serverId)).map(({ happening }) => happening)).toContainEqual({
    kind: 'server-stopped-by',
    rung: 'command',
  });
  await mainstay.outside.remove(ready.name);
  await mainstay.untilServer(serverId, 'the server missing', ({ state }) => state === 'missing');
  await mainstay.carryOut('start', ready);
  // Recovered, not installed anew.
  expect(inVolume('installed')).toBe(`Ahoy ${port}`);
});

test('an egg whose install script ends with an error makes no server that runs; what it said is told', async ({ mainstay }) => {
  const { serverId } = await serverOf(mainstay, eggThat(`console.log('no such version'); process.exit(3);`), {});
  const failed = await mainstay.untilServer(serverId, 'the creation failed', ({ state }) => state === 'failed');
  expect(failed.stateCause).toMatchObject({
    code: 'operation-failed',
    fault: 'install-failed',
    detail: expect.stringContaining('no such version'),
  });
  expect(failed.containerId).toBeNull();
});
