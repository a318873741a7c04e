// What somebody may do changes at once, on what is open too: event streams and consoles of a revoked token end, and what was asked
// of many servers is asked no further. On made-up hosts: none of it is the engine's.

import type { Grant } from '@mainstay/core/access';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import { test as base, describe, expect } from 'vitest';
import { type Caller, createCaller } from './harness/caller.ts';
import { openConsole } from './harness/console.ts';
import { sampleServer } from './harness/sample.ts';
import { openSimulation, type Simulation } from './harness/simulation.ts';
import { until } from './harness/until.ts';

const test = base
  .extend(
    'mainstay',
    { scope: 'file' }, // biome-ignore lint/correctness/noEmptyPattern: Vitest asks for a pattern, of which it reads the fixtures that are used
    async ({}, { onCleanup }): Promise<Simulation> => {
      const simulation = await openSimulation({ hosts: ['attic', 'basement'], usageEveryMs: 200 });
      onCleanup(() => simulation.close());
      return simulation;
    },
  )
  .extend('servers', { scope: 'file' }, ({ mainstay }): Promise<Server[]> => {
    const on = async (at: number) => mainstay.createAs({ ...(await sampleServer()), agentId: mainstay.hosts[at]!.agentId });
    return Promise.all([on(0), on(1)]);
  });

/** Somebody with a token, and how it is revoked. */
async function somebody(mainstay: Simulation, ...grants: Grant[]): Promise<Caller & { revoke(): Promise<void> }> {
  const made = await mainstay.call(contract.createToken, { body: { name: 'somebody', grants } });
  return {
    ...createCaller(mainstay.url, made.token),
    revoke: () => mainstay.call(contract.revokeToken, { params: { tokenId: made.id } }),
  };
}

describe('what is open', () => {
  test('the event stream brings nothing of servers that one may not see', async ({ mainstay, servers: [mine, other] }) => {
    const viewer = await somebody(mainstay, { role: 'viewer', scope: { kind: 'host', agentId: mainstay.hosts[0]!.agentId } });
    const [all, part] = [await mainstay.changes(), await viewer.changes()];
    const stop = await mainstay.carryOut('stop', other!);
    await mainstay.carryOut('start', other!);
    const mark = await mainstay.carryOut('restart', mine!);
    const isEnd = ({ operation }: (typeof all.seen)[number]) => operation?.id === mark.id && operation.endedAt !== null;
    await all.first('the end of both', isEnd);
    await part.first('the end of its own', isEnd);
    await all.first('the use of the other', ({ usage }) => usage?.some(({ serverId }) => serverId === other!.id) ?? false);
    await part.first('the use of its own', ({ usage }) => usage?.some(({ serverId }) => serverId === mine!.id) ?? false);
    expect(JSON.stringify(all.seen)).toContain(stop.id);
    for (const foreign of [other!.id, other!.name, other!.agentId]) expect(JSON.stringify(part.seen)).not.toContain(foreign);
    viewer.closeStreams();
  });

  test('ends when its token is revoked: the event stream, and the console', async ({ mainstay, servers: [server] }) => {
    const operator = await somebody(mainstay, { role: 'operator', scope: { kind: 'server', serverId: server!.id } });
    const changes = await operator.changes();
    const view = await openConsole(operator, server!);
    await view.shows('[ready]');
    await operator.revoke();
    await Promise.all([changes.ended, view.ended]);
    await expect(operator.server(server!.id)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('ends, too, when the token is revoked on the manager’s machine', async ({ mainstay, servers: [server] }) => {
    const token = await mainstay.manager.secret('token', 'create', '--name', 'robot', '--role', 'viewer', '--server', server!.name);
    const robot = createCaller(mainstay.url, token);
    expect((await robot.servers()).map(({ name }) => name)).toEqual([server!.name]);
    await expect(robot.ask('stop', server!)).rejects.toMatchObject({ code: 'forbidden' });
    const changes = await robot.changes();
    const view = await openConsole(robot, server!);
    const { stdout } = await mainstay.manager.command('token', 'list');
    expect(stdout).not.toContain(token);
    const line = stdout.split('\n').find((each) => each.includes(`  robot  viewer of server ${server!.name}  `));
    expect(await mainstay.manager.command('token', 'revoke', line!.split('  ')[0]!)).toMatchObject({ code: 0, stderr: '' });
    await Promise.all([changes.ended, view.ended]);
  });
});

test('what was asked of many servers is asked no further once its token is revoked', async ({ mainstay, servers }) => {
  const operator = await somebody(mainstay, { role: 'operator', scope: { kind: 'everything' } });
  const [first] = servers;
  // One at a time on their host, and the first takes as long as it is held.
  const host = mainstay.hostOf(first!);
  const beside = await mainstay.createAs({ ...(await sampleServer()), agentId: host.agentId });
  const stopping = host.knobs.hold('ensure-stopped');
  const bulk = await operator.call(contract.createBulk, {
    body: { action: 'stop', serverIds: [first!.id, beside.id], atOncePerHost: 1 },
  });
  await stopping.reached;
  await operator.revoke();
  stopping.release();
  const seen = await until(
    'the end of the bulk',
    () => mainstay.call(contract.getBulk, { params: { bulkId: bulk.id } }),
    ({ endedAt }) => endedAt !== null,
  );
  expect(seen.items.at(-1)).toMatchObject({ state: 'refused', detail: 'Whoever asked for this may not do it here.' });
  expect(await mainstay.server(beside.id)).toMatchObject({ state: 'running' });
});
