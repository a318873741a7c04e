// A request that is sent twice, because the first answer was lost on the way, is carried out once.

import { contract } from '@mainstay/wire/contract';
import { describe, expect } from 'vitest';
import { freshName, sampleServer } from './harness/sample.ts';
import { test } from './harness/scenario.ts';

const create = contract.createServer;

describe('a request with an Idempotency-Key', () => {
  test('sent twice makes one server, and answers with the same operation', async ({ mainstay }) => {
    const body = await sampleServer();
    const idempotencyKey = freshName('key');
    const first = await mainstay.call(create, { body }, { idempotencyKey });
    const second = await mainstay.call(create, { body }, { idempotencyKey });
    expect(second.id).toBe(first.id);
    await mainstay.ended(first);
    const third = await mainstay.call(create, { body }, { idempotencyKey });
    expect(third).toMatchObject({ id: first.id, state: 'succeeded' });
    expect((await mainstay.servers()).filter(({ name }) => name === body.name)).toHaveLength(1);
  });

  test('sent many times at once makes one server', async ({ mainstay }) => {
    const body = await sampleServer({ start: false });
    const idempotencyKey = freshName('key');
    const answers = await Promise.all(Array.from({ length: 8 }, () => mainstay.call(create, { body }, { idempotencyKey })));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect((await mainstay.servers()).filter(({ name }) => name === body.name)).toHaveLength(1);
    await mainstay.ended(answers[0]!);
  });

  test('does not do an action a second time', async ({ mainstay }) => {
    const server = await mainstay.create();
    const idempotencyKey = freshName('key');
    const first = await mainstay.ended(await mainstay.ask('restart', server, {}, { idempotencyKey }));
    const again = await mainstay.ask('restart', server, {}, { idempotencyKey });
    expect(again).toEqual(first);
    const { items } = await mainstay.call(contract.listServerOperations, { params: { serverId: server.id } });
    expect(items.filter(({ kind }) => kind === 'restart')).toHaveLength(1);
  });

  test('used for another request is refused, and nothing is done', async ({ mainstay }) => {
    const idempotencyKey = freshName('key');
    const server = await mainstay.create();
    await mainstay.ended(await mainstay.ask('restart', server, {}, { idempotencyKey }));
    await expect(mainstay.ask('stop', server, {}, { idempotencyKey })).rejects.toMatchObject({ code: 'idempotency-key-reused' });
    const other = await sampleServer();
    await expect(mainstay.call(create, { body: other }, { idempotencyKey })).rejects.toMatchObject({ code: 'idempotency-key-reused' });
    expect(await mainstay.server(server.id)).toMatchObject({ state: 'running', operation: null });
    expect((await mainstay.servers()).map(({ name }) => name)).not.toContain(other.name);
  });

  test('is remembered when the manager was started again meanwhile', async ({ mainstay }) => {
    const body = await sampleServer();
    const idempotencyKey = freshName('key');
    const first = await mainstay.call(create, { body }, { idempotencyKey });
    await mainstay.manager.kill();
    await mainstay.manager.start();
    const second = await mainstay.call(create, { body }, { idempotencyKey });
    expect(second.id).toBe(first.id);
    expect(await mainstay.ended(first)).toMatchObject({ state: 'succeeded' });
    expect(await mainstay.outside.containersOf(first.serverId)).toHaveLength(1);
  });
});
