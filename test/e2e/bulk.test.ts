// One thing asked of many servers: each has its own outcome, a host is not asked for more at a time than was said, what was not
// asked for yet can be left alone, and a manager that dies midway goes on.

import type { Bulk, BulkItem, CreateBulk } from '@mainstay/wire/bulk';
import { contract } from '@mainstay/wire/contract';
import type { Server } from '@mainstay/wire/servers';
import { describe, expect } from 'vitest';
import type { Installation } from './harness/installation.ts';
import { proxied as test } from './harness/scenario.ts';
import { until } from './harness/until.ts';

const ids = (servers: readonly Server[]) => servers.map(({ id }) => id);
const states = ({ items }: Bulk) => items.map(({ state }) => state);
const ask = (mainstay: Installation, body: Partial<CreateBulk>, idempotencyKey?: string) =>
  mainstay.call(contract.createBulk, { body: body as CreateBulk }, idempotencyKey === undefined ? {} : { idempotencyKey });
const bulk = (mainstay: Installation, { id }: Pick<Bulk, 'id'>) => mainstay.call(contract.getBulk, { params: { bulkId: id } });

const untilAsked = (mainstay: Installation, { id }: Pick<Bulk, 'id'>) =>
  until(
    'none waiting any more',
    () => bulk(mainstay, { id }),
    (seen) => seen.endedAt !== null,
    60_000,
  );

/** How the operation of each that was asked for ended. */
async function outcomes(mainstay: Installation, items: readonly BulkItem[]): Promise<string[]> {
  return Promise.all(
    items.map(async ({ state, operationId }) => (operationId ? (await mainstay.ended({ id: operationId })).state : state)),
  );
}

const several = (mainstay: Installation, count: number, wanted: Parameters<Installation['create']>[0] = { start: false }) =>
  Promise.all(Array.from({ length: count }, () => mainstay.create(wanted)));

describe('one thing asked of many servers', () => {
  test('each has its own outcome: those that can have it have it, the others say why', async ({ mainstay }) => {
    const rests = await several(mainstay, 2);
    const [running] = await several(mainstay, 1, {});
    const changes = await mainstay.changes();
    const made = await ask(mainstay, { action: 'start', serverIds: [rests[0]!.id, running!.id, rests[1]!.id] });
    expect(made).toMatchObject({ action: 'start', requestedBy: 'tester', cancelled: false });
    const done = await untilAsked(mainstay, made);
    expect(done.items.map(({ serverName }) => serverName)).toEqual([rests[0]!.name, running!.name, rests[1]!.name]);
    expect(done.items[1]).toMatchObject({ state: 'refused', operationId: null, detail: expect.stringMatching(/running already/) });
    expect(await outcomes(mainstay, done.items)).toEqual(['succeeded', 'refused', 'succeeded']);
    for (const { name } of rests) expect(await mainstay.outside.inspect(name)).toMatchObject({ State: { Running: true } });
    const told = await changes.first('its end told', (change) => change.bulk?.id === made.id && change.bulk.endedAt !== null);
    expect(told.event).toBeNull();
  });

  test('a host has no more to do at a time than was said; those not asked for yet can be left alone', async ({ mainstay, engine }) => {
    const servers = await several(mainstay, 3);
    const held = engine.hold(/^POST \/containers\/[^/]+\/start/, 'before');
    const made = await ask(mainstay, { action: 'start', serverIds: ids(servers), atOncePerHost: 1 });
    await held.reached;
    expect(states(await bulk(mainstay, made))).toEqual(['asked', 'waiting', 'waiting']);
    const cancelled = await mainstay.call(contract.cancelBulk, { params: { bulkId: made.id } });
    expect(cancelled).toMatchObject({ cancelled: true, endedAt: expect.any(Number) });
    expect(states(cancelled)).toEqual(['asked', 'left', 'left']);
    held.release();
    expect(await outcomes(mainstay, cancelled.items)).toEqual(['succeeded', 'left', 'left']);
    expect((await Promise.all(servers.map(({ id }) => mainstay.server(id)))).map(({ state }) => state)).toEqual([
      'running',
      'stopped',
      'stopped',
    ]);
    const again = await mainstay.call(contract.cancelBulk, { params: { bulkId: made.id } });
    expect(again).toEqual(cancelled);
  });

  test('the manager killed midway goes on with the rest, each asked for once', async ({ mainstay, engine }) => {
    const servers = await several(mainstay, 3);
    const held = engine.hold(/^POST \/containers\/[^/]+\/start/, 'after');
    const made = await ask(mainstay, { action: 'start', serverIds: ids(servers), atOncePerHost: 1 });
    await held.reached;
    await mainstay.manager.kill();
    await mainstay.manager.start();
    held.release();
    const done = await untilAsked(mainstay, made);
    expect(await outcomes(mainstay, done.items)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    for (const { id } of servers) {
      const { items } = await mainstay.call(contract.listServerOperations, { params: { serverId: id } });
      expect(items.filter(({ kind }) => kind === 'start')).toHaveLength(1);
    }
  });

  test('a request sent twice with one key makes one bulk', async ({ mainstay }) => {
    const [server] = await several(mainstay, 1);
    const body = { action: 'start' as const, serverIds: [server!.id] };
    const first = await ask(mainstay, body, 'twice');
    expect((await ask(mainstay, body, 'twice')).id).toBe(first.id);
    await expect(ask(mainstay, { ...body, action: 'stop' }, 'twice')).rejects.toMatchObject({ code: 'idempotency-key-reused' });
    await untilAsked(mainstay, first);
  });

  test('a filter means what the list shows with it, as of then', async ({ mainstay }) => {
    const prefix = `flt-${Date.now().toString(36)}`;
    const servers = await Promise.all([1, 2].map((n) => mainstay.create({ name: `${prefix}-${n}`, start: false })));
    const other = await mainstay.create({ name: `${prefix}-3` });
    const { id: agentId } = await mainstay.agent();
    const made = await ask(mainstay, { action: 'delete', filter: { q: prefix, state: 'stopped', agentId } });
    expect(made.items.map(({ serverName }) => serverName)).toEqual(servers.map(({ name }) => name));
    const done = await untilAsked(mainstay, made);
    expect(await outcomes(mainstay, done.items)).toEqual(['succeeded', 'succeeded']);
    expect((await mainstay.server(other.id)).state).toBe('running');
    // Deleted ones are meant only where they are named.
    const rest = await ask(mainstay, { action: 'stop', filter: { q: prefix } });
    expect(rest.items.map(({ serverId }) => serverId)).toEqual([other.id]);
    await outcomes(mainstay, (await untilAsked(mainstay, rest)).items);

    const purge = { action: 'purge', filter: { q: prefix, state: 'deleted' } } as const;
    await expect(ask(mainstay, { ...purge, purge: { removeData: true, archive: false, confirmCount: 3 } })).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining('2 servers'),
    });
    const purged = await untilAsked(
      mainstay,
      await ask(mainstay, { ...purge, purge: { removeData: true, archive: false, confirmCount: 2 } }),
    );
    expect(await outcomes(mainstay, purged.items)).toEqual(['succeeded', 'succeeded']);
    for (const { id } of servers) await expect(mainstay.server(id)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('what is not one', () => {
  test.for<[string, (server: Server) => object, string]>([
    ['names and a filter', ({ id }) => ({ action: 'start', serverIds: [id], filter: {} }), '/serverIds'],
    ['neither', () => ({ action: 'start' }), '/serverIds'],
    ['none', () => ({ action: 'start', serverIds: [] }), '/serverIds'],
    ['one named twice', ({ id }) => ({ action: 'start', serverIds: [id, id] }), '/serverIds'],
    ['one that nobody knows', ({ id }) => ({ action: 'start', serverIds: [id, crypto.randomUUID()] }), '/serverIds/1'],
    ['too many', () => ({ action: 'start', serverIds: Array.from({ length: 1001 }, () => crypto.randomUUID()) }), '/serverIds'],
    ['a filter that nothing matches', () => ({ action: 'start', filter: { q: 'no such server' } }), '/filter'],
    ['a purge that says nothing of the data', ({ id }) => ({ action: 'purge', serverIds: [id] }), '/purge'],
    [
      'a start with what belongs to a purge',
      ({ id }) => ({ action: 'start', serverIds: [id], purge: { removeData: true, confirmCount: 1 } }),
      '/purge',
    ],
    ['an action that is none', ({ id }) => ({ action: 'explode', serverIds: [id] }), '/action'],
    ['none at a time', ({ id }) => ({ action: 'start', serverIds: [id], atOncePerHost: 0 }), '/atOncePerHost'],
  ])('%s is refused, and nothing is asked for', async ([, body, path], { mainstay }) => {
    const [server] = await mainstay.servers();
    await expect(ask(mainstay, body(server!) as Partial<CreateBulk>)).rejects.toMatchObject({
      code: 'invalid-request',
      extra: { errors: [{ path }] },
    });
  });
});
