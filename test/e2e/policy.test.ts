// A host's own policy, as the people of a Mainstay meet it: what it refuses fails with the rule and the file, and nothing is made.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { defaultPolicy, refusalOf } from '@mainstay/agent/policy';
import { defaultPortRange } from '@mainstay/core/server';
import { readBuiltIn } from '@mainstay/manager/built-ins';
import { contract } from '@mainstay/wire/contract';
import { type ContainerSpec, containerSpec } from '@mainstay/wire/link';
import { expect, onTestFinished } from 'vitest';
import { sampleServer } from './harness/sample.ts';
import { test } from './harness/scenario.ts';

test('what a host’s owner does not allow fails with the rule and the file, and goes on once it is allowed', async ({ mainstay }) => {
  const policy = join(mainstay.host.home, 'policy.yaml');
  onTestFinished(() => writeFileSync(policy, '{}'));
  writeFileSync(policy, 'images: [debian]\n');
  const operation = await mainstay.call(contract.createServer, { body: await sampleServer() });
  const { serverId } = operation;
  expect(await mainstay.ended(operation)).toMatchObject({
    state: 'failed',
    error: { code: 'refused-by-host', detail: expect.stringContaining(`rule “images” of ${policy}`) },
  });
  const server = await mainstay.server(serverId);
  expect(server).toMatchObject({ state: 'failed', stateCause: { fault: 'refused-by-host' } });
  expect(await mainstay.outside.containersOf(serverId)).toEqual([]);

  writeFileSync(policy, 'images: [mainstay/sample-server]\n');
  await mainstay.carryOut('start', server);
  expect((await mainstay.server(serverId)).state).toBe('running');
});

test('a running server is left alone by a policy that would not allow it, and can be stopped; a rebuild leaves it running', async ({
  mainstay,
}) => {
  const policy = join(mainstay.host.home, 'policy.yaml');
  onTestFinished(() => writeFileSync(policy, '{}'));
  const server = await mainstay.create();
  writeFileSync(policy, 'memoryMb: 6\n');
  const refused = await mainstay.ended(await mainstay.ask('rebuild', server));
  expect(refused).toMatchObject({ state: 'failed', error: { code: 'refused-by-host' } });
  expect(await mainstay.server(server.id)).toMatchObject({ state: 'running', containerId: server.containerId });
  await mainstay.carryOut('stop', server);
});

const plain = containerSpec.parse({
  name: 'lobby',
  image: 'any',
  env: {},
  command: null,
  ports: [],
  volumes: [],
  limits: {},
  stop: {},
  restart: 'no',
});
const directory = join(import.meta.dirname, '../../templates');
test.for(readdirSync(directory))('a host without a policy of its own takes the built-in template %s', (file) => {
  const { image, sandbox } = readBuiltIn(basename(file, '.yaml'), readFileSync(join(directory, file), 'utf8')).template.server;
  const ports = [{ name: 'game', protocol: 'udp' as const, containerPort: 7777, hostPort: defaultPortRange.from }];
  const spec: ContainerSpec = { ...plain, image, ports, sandbox };
  expect(refusalOf(defaultPolicy, { action: 'ensure-container', spec })).toBeNull();
});
