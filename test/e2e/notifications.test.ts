// Being told by a real manager of what really happens on an engine, also when the manager was killed meanwhile. What is
// told and what is not is specified in packages/manager/test/notifications.test.ts.

import { alarmTopics } from '@mainstay/core/topics';
import { contract } from '@mainstay/wire/contract';
import { expect } from 'vitest';
import { openReceiver, type Receiver } from '../../packages/manager/test/receiver.ts';
import { operate } from './harness/sample.ts';
import { test as base } from './harness/scenario.ts';
import { until } from './harness/until.ts';

interface Told {
  readonly topic: string;
  readonly telling: string;
  readonly server: { readonly id: string } | null;
}

const test = base.extend('receiver', { scope: 'file' }, async ({ mainstay }, { onCleanup }): Promise<Receiver> => {
  const receiver = await openReceiver();
  onCleanup(receiver.close);
  const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
  const channel = { kind: 'webhook', name: 'hook', url: `${receiver.url}/hook`, secret, allowPrivate: true } as const;
  const { id } = await mainstay.call(contract.createChannel, { body: channel });
  await mainstay.call(contract.createRule, { body: { name: 'all', topics: [...alarmTopics], channelIds: [id], foldMinutes: 1 } });
  return receiver;
});

const noticesOf = ({ received }: Receiver): Told[] => received.flatMap(({ json }) => (json['data'] as { notices: Told[] }).notices);

test('what happens while the manager is dead is told once it is back, once', async ({ mainstay, receiver }) => {
  const server = await mainstay.create();
  await mainstay.manager.kill();
  await mainstay.outside.remove(server.containerId!);
  await mainstay.manager.start();
  await mainstay.untilState(server.id, 'missing');
  await receiver.until(1);
  await mainstay.carryOut('start', server);
  await receiver.until(2);
  expect(noticesOf(receiver)).toMatchObject([
    { topic: 'missing', telling: 'raised', server: { id: server.id } },
    { topic: 'started', telling: 'recovered', server: { id: server.id } },
  ]);
});

test('a program that crashes again and again is one message, and one that counts when somebody stops it', async ({
  mainstay,
  receiver,
}) => {
  const server = await mainstay.create({ restart: 'unless-stopped' });
  const before = receiver.received.length;
  for (let crashes = 1; crashes <= 3; crashes += 1) {
    await operate(server, 'crash 3');
    await until(
      `crash ${crashes} in the history`,
      () => mainstay.history(server.id),
      (events) => events.filter(({ happening }) => happening.kind === 'server-crashed').length === crashes,
    );
  }
  await mainstay.carryOut('stop', server);
  await receiver.until(before + 2);
  expect(noticesOf(receiver).slice(before)).toMatchObject([
    { topic: 'crashed', telling: 'raised', server: { id: server.id } },
    { topic: 'stopped', telling: 'recovered', over: [{ topic: 'crashed', count: 3 }] },
  ]);
});
