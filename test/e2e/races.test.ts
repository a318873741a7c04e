// Two at once: one wins, and the other is told clearly why not. Nothing is doubled, nothing is half-made.

import type { Fault } from '@mainstay/core/fault';
import { contract } from '@mainstay/wire/contract';
import type { Operation } from '@mainstay/wire/operations';
import { describe, expect } from 'vitest';
import { freePort } from './harness/ports.ts';
import { freshName, sampleServer } from './harness/sample.ts';
import { proxied as test } from './harness/scenario.ts';

/** Who won, and what the others were told. */
async function race(asked: readonly Promise<Operation>[]): Promise<{ won: Operation[]; refused: Fault[] }> {
  const results = await Promise.allSettled(asked);
  return {
    won: results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    refused: results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Fault] : [])),
  };
}

const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

describe('creates racing', () => {
  test('for one port: one gets it, the others hear who has it', async ({ mainstay }) => {
    const hostPort = await freePort();
    const wanted = await Promise.all(
      times(5, () => sampleServer({ ports: [{ name: 'lobby', protocol: 'tcp', containerPort: 7777, hostPort }] })),
    );
    const { won, refused } = await race(wanted.map((body) => mainstay.call(contract.createServer, { body })));

    expect(won).toHaveLength(1);
    const winner = won[0]!;
    expect(refused.map(({ code, detail }) => ({ code, detail }))).toEqual(
      times(4, () => ({ code: 'port-taken', detail: expect.stringContaining(`${hostPort}/tcp belongs to server “${winner.serverName}”`) })),
    );
    expect(await mainstay.ended(winner)).toMatchObject({ state: 'succeeded' });
    const names = new Set(wanted.map(({ name }) => name));
    expect((await mainstay.servers()).filter(({ name }) => names.has(name)).map(({ id }) => id)).toEqual([winner.serverId]);
  });

  test('for one name: one gets it', async ({ mainstay }) => {
    const name = freshName();
    const wanted = await Promise.all(times(5, () => sampleServer({ name, start: false })));
    const { won, refused } = await race(wanted.map((body) => mainstay.call(contract.createServer, { body })));
    expect(won).toHaveLength(1);
    expect(refused.map(({ code }) => code)).toEqual(times(4, () => 'name-taken'));
    expect(await mainstay.ended(won[0]!)).toMatchObject({ state: 'succeeded' });
  });

  test('that name no port: each gets one of its own', async ({ mainstay }) => {
    const ports = [{ name: 'lobby', protocol: 'tcp', containerPort: 7777 }] as const;
    const wanted = await Promise.all(times(5, () => sampleServer({ ports: [...ports], start: false })));
    const { won } = await race(wanted.map((body) => mainstay.call(contract.createServer, { body })));
    expect(won).toHaveLength(5);
    await Promise.all(won.map((operation) => mainstay.ended(operation)));
    const made = await Promise.all(won.map(({ serverId }) => mainstay.server(serverId)));
    expect(new Set(made.map((server) => server.ports[0]?.hostPort)).size).toBe(5);
  });
});

describe('actions racing on one server', () => {
  test('one wins, the others hear which operation is in progress', async ({ mainstay }) => {
    const server = await mainstay.create();
    const { won, refused } = await race([
      mainstay.ask('restart', server),
      mainstay.ask('stop', server),
      mainstay.ask('rebuild', server),
      mainstay.ask('delete', server),
    ]);
    expect(won).toHaveLength(1);
    const winner = won[0]!;
    expect(refused).toHaveLength(3);
    for (const fault of refused) {
      expect(fault).toMatchObject({ code: 'operation-in-progress', extra: { operationId: winner.id } });
      expect(fault.detail).toContain(`A ${winner.kind} of “${server.name}” is in progress, asked for by tester`);
    }
    expect(await mainstay.ended(winner)).toMatchObject({ state: 'succeeded' });
  });

  test('starts of a missing server make one container', async ({ mainstay }) => {
    const server = await mainstay.create();
    await mainstay.outside.remove(server.name);
    await mainstay.untilState(server.id, 'missing');
    const { won, refused } = await race(times(4, () => mainstay.ask('start', server)));
    expect(won).toHaveLength(1);
    expect(refused.map(({ code }) => code)).toEqual(times(3, () => 'operation-in-progress'));
    expect(await mainstay.ended(won[0]!)).toMatchObject({ state: 'succeeded' });
    expect(await mainstay.outside.containersOf(server.id)).toHaveLength(1);
  });

  test('changing its record while it is being changed is refused too', async ({ mainstay, engine }) => {
    const server = await mainstay.create();
    const held = engine.hold(/^POST \/containers\/[^/]+\/stop/, 'before');
    const stop = await mainstay.ask('stop', server);
    await held.reached;
    const configure = mainstay.call(contract.configureServer, { params: { serverId: server.id }, body: { env: { MOTD: 'new' } } });
    await expect(configure).rejects.toMatchObject({ code: 'operation-in-progress', extra: { operationId: stop.id } });
    held.release();
    expect(await mainstay.ended(stop)).toMatchObject({ state: 'succeeded' });
  });

  test('a record that somebody else changed meanwhile is not written over', async ({ mainstay }) => {
    const server = await mainstay.create({ start: false });
    const change = (motd: string) =>
      mainstay.call(contract.configureServer, {
        params: { serverId: server.id },
        body: { env: { ...server.env, MOTD: motd }, revision: server.revision },
      });
    const results = await Promise.allSettled([change('one'), change('two')]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'stale-revision' } });
  });
});

describe('a delete', () => {
  test('while a server is being created ends the creation and leaves no container', async ({ mainstay, engine }) => {
    const held = engine.hold(/^POST \/containers\/create/, 'after');
    const create = await mainstay.call(contract.createServer, { body: await sampleServer() });
    await held.reached;
    const remove = await mainstay.ask('delete', { id: create.serverId });
    held.release();

    expect(await mainstay.ended(remove)).toMatchObject({ state: 'succeeded' });
    expect(await mainstay.ended(create)).toMatchObject({ state: 'cancelled' });
    expect(await mainstay.server(create.serverId)).toMatchObject({ state: 'deleted', containerId: null });
    expect(await mainstay.outside.containersOf(create.serverId)).toEqual([]);
  });
});

test('a stop and docker rm -f at one moment end as missing', async ({ mainstay, engine }) => {
  const server = await mainstay.create();
  const held = engine.hold(/^POST \/containers\/[^/]+\/stop/, 'before');
  const stop = await mainstay.ask('stop', server);
  await held.reached;
  await mainstay.outside.remove(server.name);
  held.release();
  await mainstay.ended(stop);
  expect(await mainstay.untilState(server.id, 'missing')).toMatchObject({ intent: 'stopped', operation: null });
});
