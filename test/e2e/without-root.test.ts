// An agent that is not root, but of the group that may use the engine: what a server's life needs works, and what does not says so.

import { chownSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { contract } from '@mainstay/wire/contract';
import { expect, onTestFinished, test } from 'vitest';
import { createCaller } from './harness/caller.ts';
import { createHost } from './harness/host.ts';
import { note, ownDirectory } from './harness/ledger.ts';
import { createManager } from './harness/manager.ts';
import { createOutside } from './harness/outside.ts';
import { sampleServer, worldOf } from './harness/sample.ts';
import { until } from './harness/until.ts';

/** A user that no machine has. */
const uid = 61_234;
const socket = (process.env['DOCKER_HOST'] ?? '').replace('unix://', '') || '/var/run/docker.sock';

test('it creates, recovers, rebuilds and purges servers as root’s does, and its user cannot be root’s', async () => {
  const directory = ownDirectory('without-root');
  const manager = await createManager(directory);
  await manager.start();
  const outside = createOutside();
  const [token, joinToken] = await Promise.all([
    manager.secret('token', 'create', '--role', 'owner'),
    manager.secret('join-token', 'create'),
  ]);
  const home = join(directory, 'host');
  mkdirSync(home);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(home, uid, uid);
  const host = createHost({
    directory,
    name: 'host',
    managerUrl: manager.url,
    joinToken,
    // Whoever runs the tests without root has such an agent in all of them.
    ...(isRoot ? { as: { uid, gid: uid, groups: [statSync(socket).gid] } } : {}),
    // Its own: nobody else's cache may be written by it.
    settings: { NODE_COMPILE_CACHE: join(home, 'compiled'), HOME: home },
  });
  host.start();
  const caller = createCaller(manager.url, token);
  let installation = '';
  onTestFinished(async () => {
    await Promise.all([manager.kill(), host.kill()]);
    for (const { Id } of await outside.containersOfInstallation(installation)) await outside.remove(Id);
  });
  await until(
    'the host online',
    async () => (await caller.call(contract.listAgents, {})).items,
    ([first]) => Boolean(first?.online && first.engine),
  );
  installation = (JSON.parse(readFileSync(join(host.home, 'identity.json'), 'utf8')) as { installationId: string }).installationId;
  note('installations', installation);

  const server = await caller.createAs(await sampleServer());
  const world = await until('its world', () => worldOf(host, server));
  expect(statSync(host.home).uid).not.toBe(0);
  await outside.remove(server.name);
  await caller.untilState(server.id, 'missing');
  await caller.carryOut('start', server);
  await caller.carryOut('rebuild', server);
  expect(worldOf(host, server).id).toBe(world.id);
  await caller.carryOut('delete', server);
  await caller.carryOut('purge', server, { removeData: true, confirmName: server.name });
  expect(readdirSync(join(host.home, 'data/.trash'))).toHaveLength(1);
});
